"""BERT and GPT: a blank of the person's choice, two sights, two losses, one that writes."""

import numpy as np

from models.prepared import PREPARED_GROUPS
from pages.ui.services import store
from tests.pages.conftest import asked, payload, run_until, settled, sound, texts
from tests.viz.payload import decode, past

SHORT = {"steps": "60", "hidden": "16", "layers": "1", "heads": "2", "feed_forward": "16", "batch_size": "16"}


def pictures(page):
    return {picture["name"]: picture for picture in decode(payload(page))[0]["pictures"]}


def test_two_ways_of_reading_fill_the_blank_that_the_person_chooses(open_page):
    page = open_page("pretraining", **SHORT)
    page.button(key="pretraining.train").click().run()
    page = run_until(page, settled, 240)
    shown = pictures(page)
    assert list(shown) == ["fill", "slots", "sight GPT's way", "sight BERT's way", "loss", "sample"]
    assert shown["fill"]["title"] == "What fills the blank: ___ cats near the river sleep often"
    causal, masked = (past(payload(page), f"sight {name} way", "data.0.z") for name in ("GPT's", "BERT's"))
    assert np.isnan(causal[-1][np.triu_indices(9, 1)]).all()
    assert not np.isnan(masked).any()
    assert np.allclose(np.nansum(causal, -1), 1, atol=1e-3)
    assert np.allclose(masked.sum(-1), 1, atol=1e-3)
    assert past(payload(page), "slots", "data.0.y").shape[1] == 4

    page.segmented_control(key="pretraining.blank").set_value(5)
    page = sound(page.run())
    assert pictures(page)["fill"]["title"].endswith("these cats near the river ___ often")
    assert asked(page)["blank"] == "5"

    page.button(key="pretraining.example1").click().run()
    sound(page)
    assert asked(page)["sentence"].startswith("i saw the dog")
    assert "animals" not in asked(page)


def test_first_sight_trains_the_networks_of_the_claims(open_page):
    page = open_page("pretraining")
    experiments = PREPARED_GROUPS["pretraining"].values()
    assert all(store().find(experiment, any_status=True) for experiment in experiments)
    assert "Supervised" in texts(page)


def test_nonsense_in_the_link_or_the_field_falls_back(open_page):
    page = open_page(
        "pretraining",
        sentence="colourless green ideas",
        blank="99",
        layer="x",
        head="17",
        heads="5",
        steps="20",
    )
    told = texts(page)
    assert "This sentence cannot be read" in told
    assert "The link asked for something that cannot be" in told
    assert page.segmented_control(key="pretraining.blank").value == 0
    page.text_input(key="pretraining.sentence").set_value("these ___ sleep").run()
    assert "the blank is chosen below" in texts(sound(page))
