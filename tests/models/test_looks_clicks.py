"""What is seen of a recommender, against formulas written another way."""

import csv
import io

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.experiment import Experiment, ModelConfig
from models.film import task_of
from models.looks_clicks import (
    VISITORS,
    SessionLook,
    departments,
    exact_departments,
    left_out,
    read_session,
    rule_results,
    rules,
    tastes_of_visitors,
    visitors,
)
from models.networks import build_network
from models.tasks import library, shop
from models.uploads import UploadError, read_sessions

TASK = task_of(Experiment("clicks", {"sessions": 800}))


@pytest.fixture(scope="module", params=["gru", "transformer"])
def network(request):
    torch.manual_seed(5)
    return build_network(ModelConfig(request.param, hidden=12, heads=3, embedding=6), TASK).eval()


def test_a_look_has_a_probability_for_every_item_and_none_for_padding(network):
    session = read_session(TASK, "tent, socks, sled")
    arrays = SessionLook(session)(network, TASK)
    np.testing.assert_allclose(arrays["answer"].sum(-1), 1, atol=1e-5)
    assert not arrays["answer"][:, 0].any()
    assert arrays["state"].shape == (3, 12)
    assert arrays["visitors"].shape == (VISITORS, 12)
    assert ("attention" in arrays) == (network.config.kind == "transformer")


@torch.no_grad()
def test_what_mattered_is_half_the_distance_between_expectations_with_and_without(network):
    session = read_session(TASK, "tent, socks, sled, wok")

    def expected(clicks):
        logits = network(clicks[None])[0, -1, 1:]
        return logits.softmax(-1).numpy()

    whole = expected(session)
    without = expected(session[[0, 2, 3]])
    found = SessionLook(session)(network, TASK)["mattered"]
    assert found[1] == pytest.approx(np.abs(without - whole).sum() / 2, abs=1e-5)
    assert ((found >= 0) & (found <= 1)).all()


def test_a_single_click_has_nothing_to_be_compared_with(network):
    session = read_session(TASK, "tent")
    assert left_out(network, session, torch.zeros(43)).tolist() == [0]


def test_visitors_are_seen_at_the_last_click_that_has_a_next_one():
    sessions, last = visitors(TASK)
    for session, place in zip(sessions, last, strict=True):
        assert session[place] != 0 and session[place + 1] != 0
        assert place + 2 == len(session) or session[place + 2] == 0


def test_departments_add_up_the_items_of_each():
    expected = np.random.default_rng(1).random((4, 43))
    found = departments(expected)
    assert found.shape == (4, 7)
    places = {symbol: place for place, symbol in enumerate(TASK.symbols)}
    music = [places[item] for item in shop.DEPARTMENTS["music"]]
    everyday = [places[item] for item in shop.EVERYDAY]
    np.testing.assert_allclose(found[:, 2], expected[:, music].sum(-1))
    np.testing.assert_allclose(found[:, 6], expected[:, everyday].sum(-1))


def test_the_exact_taste_turns_to_the_department_that_was_clicked():
    found = exact_departments(read_session(TASK, "guitar, drumsticks, guitar"))
    np.testing.assert_allclose(found.sum(-1), 1, atol=1e-6)
    assert found[-1, 2] > found[0, 2] > 0.3
    assert set(tastes_of_visitors(TASK)) <= set(shop.TASTES)


def test_rules_stand_in_their_order_and_guessing_is_what_chance_is():
    found = rule_results(TASK, 160)
    recalls = [row["recall_at_5"] for row in found.values()]
    assert recalls == sorted(recalls)
    assert found["guessing"]["recall_at_5"] == pytest.approx(5 / 42, abs=1e-6)
    assert all(
        row.sum() == pytest.approx(1, abs=1e-5) for row in rules(TASK, read_session(TASK, "tent")).values()
    )


def test_a_session_is_read_in_any_spelling():
    assert TASK.decode(read_session(TASK, " Tent ,ICE-CREAM maker,, socks ")) == [
        "tent",
        "ice-cream maker",
        "socks",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "1 to 20 items"), ("tent, zebra", "got 'zebra'"), (", ".join(["tent"] * 21), "got 21")],
)
def test_a_session_that_is_none_is_explained(text, said):
    with pytest.raises(ValueError, match=said):
        read_session(TASK, text)


def test_items_of_an_own_shop_may_contain_commas():
    rows = [f"{n},{item}" for n in range(30) for item in ('"Nails, 5 mm"', "nails", "hammer")]
    before = list(library._resolvers)
    library.use(lambda key: "session,item\n" + "\n".join(rows))
    try:
        own = task_of(Experiment("clicks", {"upload": "commas"}))
        assert own.decode(read_session(own, "hammer, nails, 5 mm, nails")) == [
            "hammer",
            "Nails, 5 mm",
            "nails",
        ]
        assert "best possible" not in rule_results(own, 5)
    finally:
        library._resolvers[:] = before


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=3, max_size=6, unique=True))
def test_the_first_session_of_any_shop_can_be_read(names):
    out = io.StringIO()
    csv.writer(out).writerows([("session", "item"), *((n, name) for n in range(20) for name in names)])
    text = out.getvalue()
    try:
        read_sessions(text)
    except UploadError:
        return
    before = list(library._resolvers)
    library.use({f"shop {hash(text)}": text}.__getitem__)
    try:
        own = task_of(Experiment("clicks", {"upload": f"shop {hash(text)}"}))
        assert len(read_session(own, own.example())) == len(names)
    finally:
        library._resolvers[:] = before
