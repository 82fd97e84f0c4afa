"""The page on self-attention heads: heads over training, one score, silence, the lens, writing."""

import numpy as np
import pytest
from streamlit.proto.Metric_pb2 import Metric as metric_proto
from streamlit.testing.v1 import AppTest

from models.prepared import PREPARED
from pages.ui.services import store
from tests.pages.conftest import APP, asked, has_board, payload, run_until, sound, texts
from tests.viz.payload import decode, past

PAGE = "attention_heads"
SHORT = {"steps": "40", "hidden": "12", "heads": "3", "task__length": "6", "batch_size": "16"}
PROBE = "a b c d e f"


def trained_page(**query):
    """The page with a finished short run."""
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.switch_page(f"pages/{PAGE}.py")
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    sound(page.run())
    page.button(key=f"{PAGE}.train").click().run()
    return run_until(page, finished)


def finished(page):
    run_id = asked(page).get("run")
    return has_board(page) and bool(run_id) and store().run(run_id).status == "finished"


@pytest.fixture(scope="module")
def run_id():
    return asked(trained_page(**SHORT))["run"]


def names(page):
    return [picture["name"] for picture in decode(payload(page))[0]["pictures"]]


def test_every_head_moves_through_training(open_page, run_id):
    page = open_page(PAGE, **SHORT, run=run_id, probe=PROBE, layer="1", head="2")
    moments = decode(payload(page))[0]["moments"]
    assert (moments[0], moments[-1]) == (0, 40)
    assert names(page) == ["heads", "map", "lines", "loss", "accuracy"]
    maps = [past(payload(page), "heads", f"data.{place}.z") for place in range(6)]
    assert all(values.shape == (len(moments), 6, 6) for values in maps)
    assert np.allclose([values.sum(-1) for values in maps], 1, atol=1e-3)
    assert np.array_equal(past(payload(page), "map", "data.0.z"), maps[5])


def test_the_score_of_the_chosen_pair_has_the_numbers_of_the_map(open_page, run_id):
    page = open_page(PAGE, **SHORT, run=run_id, probe=PROBE, head="1")
    sound(page.selectbox(key=f"{PAGE}.score_query").set_value(4).run())
    sound(page.selectbox(key=f"{PAGE}.score_key").set_value(2).run())
    share = past(payload(page), "map", "data.0.z")[-1, 4, 2]
    equations = page.get("latex")[0].value
    said = float(equations.split(r"\\[6pt]")[3].rsplit("= ", 1)[1])
    assert said == pytest.approx(share, abs=2e-3)
    table = page.dataframe[0].value
    assert list(table["key"]) == ["2: c", "0: a", "1: b", "3: d", "4: e", "5: f"]
    assert float(table["softmax: attention"].iloc[0]) == said
    assert len(table) == 6


def test_a_silenced_layer_costs_and_solo_silences_the_others(open_page, run_id):
    page = open_page(
        PAGE, **SHORT, run=run_id, probe=PROBE, view="changes", silent="0.0,0.1,0.2,9.9", head="1"
    )
    assert page.metric[0].delta not in ("+0.000", "-0.000")
    assert asked(page)["silent"] == "0.0,0.1,0.2"
    sound(page.button(key=f"{PAGE}.solo").click().run())
    assert asked(page)["silent"] == "0.0,0.2"
    sound(page.slider(key=f"{PAGE}.keep").set_value(20).run())
    assert asked(page)["keep"] == "20"


def test_without_a_change_nothing_changes(open_page, run_id):
    page = open_page(PAGE, **SHORT, run=run_id, view="changes")
    assert page.metric[0].delta == "+0.000"
    assert {metric.proto.direction for metric in page.metric[:2]} == {metric_proto.MetricDirection.NONE}


def test_the_head_looked_at_is_asked_for_only_where_it_is_shown_and_not_forgotten(open_page, run_id):
    page = open_page(PAGE, **SHORT, run=run_id, probe=PROBE, layer="1", head="2")
    page = sound(page.segmented_control(key=f"{PAGE}.view").set_value("lens").run())
    assert "Head to look at" not in [control.label for control in page.segmented_control]
    page = sound(page.segmented_control(key=f"{PAGE}.view").set_value("heads").run())
    assert [page.segmented_control(key=f"{PAGE}.{what}").value for what in ("layer", "head")] == [1, 2]


def test_the_lens_ends_with_the_real_answer(open_page, run_id):
    page = open_page(PAGE, **SHORT, run=run_id, probe=PROBE, view="lens")
    confidence = past(payload(page), "lens", "data.0.z")
    answer = past(payload(page), "answer", "data.0.z")  # (moment, answer, time)
    assert confidence.shape[1:] == (3, 6)
    assert np.allclose(confidence[:, -1], answer.max(1), atol=1e-4)
    told = past(payload(page), "lens", "data.0.text")[-1][-1]
    assert told == [PREPARED_ANSWERS[i] for i in answer[-1].argmax(0)]


PREPARED_ANSWERS = "abcdefghijkl"


def test_a_small_gpt_writes_and_shows_its_draws():
    page = trained_page(
        task="characters", steps="50", hidden="16", task__length="16", batch_size="8", view="writing"
    )
    run = store().run(asked(page)["run"])
    assert run.experiment.model.causal
    assert "sample" in names(page)
    table = page.dataframe[0].value
    assert (table["kept"] == "yes").all()
    sound(page.slider(key=f"{PAGE}.top_k").set_value(3).run())
    table = page.dataframe[0].value
    assert list(table["kept"])[:4] == ["yes", "yes", "yes", "no"]
    assert table["probability"].astype(float).sum() == pytest.approx(1, abs=1e-3)
    before = page.get("code")[0].value
    sound(page.slider(key=f"{PAGE}.temperature").set_value(0.0).run())
    assert "1 of" in texts(page)
    assert "the likeliest character is always taken" in texts(page)
    assert page.get("code")[0].value != before
    prompt = "for name in the list of all the names that there are: "
    sound(page.text_area[0].set_value(prompt).run())
    assert page.get("code")[0].value.startswith(prompt + "▌")


def test_a_link_cannot_bring_a_network_that_has_no_heads(open_page):
    page = open_page(PAGE, **SHORT, kind="lstm")
    assert "kind: wanted transformer on this page, got lstm" in texts(page)
    assert "kind" not in asked(page)


def test_where_layers_normalise_and_dropout_can_be_chosen(open_page):
    page = open_page(PAGE, **SHORT, norm="post", dropout="0.2")
    page.button(key=f"{PAGE}.train").click().run()
    page = run_until(page, lambda page: bool(asked(page).get("run")))
    model = store().run(asked(page)["run"]).experiment.model
    assert (model.norm, model.dropout) == ("post", 0.2)


def test_first_sight_trains_the_prepared_run(open_page):
    page = run_until(open_page(PAGE), has_board)
    assert store().run(asked(page)["run"]).experiment == PREPARED[PAGE]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("heads", "5", "wanted a divisor"),
        ("layer", "7", ""),
        ("head", "-1", ""),
        ("view", "upside down", ""),
        ("keep", "0", ""),
        ("task", "reviews", "wanted one of"),
        ("probe", "1 2 3", "cannot be read"),
        ("temperature", "hot", ""),
    ],
)
def test_bad_values_in_a_url_fall_back(open_page, name, value, said):
    assert said in texts(open_page(PAGE, **{name: value}))
