from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.settings import check, choice, real, settings_of, shortened, switch, text, whole


@dataclass(frozen=True)
class Example:
    count: int = whole(3, 1, 10, "Count", "How many.", unit="steps")
    rate: float = real(0.5, 0.0, 2.0, "Rate", "How much.", logarithmic=True)
    colour: str = choice("red", ("red", "blue"), "Colour", "Which.")
    on: bool = switch(False, "On", "Whether.")
    name: str = text("", 5, "Name", "What it is called.")
    untouched: object = None

    def __post_init__(self):
        check(self)


REFUSED = [
    ("count", 0, "count: wanted a whole number from 1 to 10 steps, got 0"),
    ("count", 11, "got 11"),
    ("count", 2.0, "got 2.0"),
    ("count", True, "got True"),
    ("count", "2", "got '2'"),
    ("count", None, "got None"),
    ("rate", -0.1, "rate: wanted a number from 0 to 2, got -0.1"),
    ("rate", float("nan"), "got nan"),
    ("rate", float("inf"), "got inf"),
    ("rate", False, "got False"),
    ("colour", "green", "colour: wanted one of red, blue, got 'green'"),
    ("colour", 1, "got 1"),
    ("on", 1, "on: wanted true or false, got 1"),
    ("name", "abcdef", "name: wanted a text of at most 5 characters, got 'abcdef'"),
    ("name", 3, "got 3"),
]


@pytest.mark.parametrize(("name", "value", "message"), REFUSED)
def test_values_out_of_bounds_are_refused_with_what_was_wanted(name, value, message):
    with pytest.raises(ValueError, match=message):
        Example(**{name: value})


@given(
    st.integers(1, 10), st.floats(0, 2), st.sampled_from(["red", "blue"]), st.booleans(), st.text(max_size=5)
)
def test_everything_within_bounds_is_taken_and_reads_back_from_its_text(count, rate, colour, on, name):
    made = Example(count, rate, colour, on, name)
    for field, setting in settings_of(made).items():
        value = getattr(made, field)
        written = str(value).lower() if isinstance(value, bool) else str(value)
        assert setting.parse(written) == value


@given(st.text(max_size=30))
def test_any_text_is_parsed_to_an_accepted_value_or_refused(given_text):
    for setting in settings_of(Example).values():
        try:
            assert setting.accepts(setting.parse(given_text))
        except ValueError as error:
            assert "wanted" in str(error) and "got" in str(error)


def test_a_whole_number_for_a_real_one_becomes_a_float():
    assert isinstance(Example(rate=1).rate, float)
    assert Example(rate=1) == Example(rate=1.0)


def test_only_fields_with_a_setting_are_settings():
    assert list(settings_of(Example)) == ["count", "rate", "colour", "on", "name"]
    assert settings_of(Example)["count"].unit == "steps"


def test_long_values_are_cut_in_messages():
    assert len(shortened("x" * 1000)) == 40
    assert shortened("ab") == "'ab'"
