"""The first page: a trained network to look at, the way to every page, recent runs."""

from tests.pages.conftest import has_board, payload, run_until, texts
from tests.viz.payload import decode


def test_home_shows_a_trained_network_and_links_to_every_page(open_page):
    from pages.ui.contents import SECTIONS, pages_of

    page = run_until(open_page("home"), has_board)
    names = [picture["name"] for picture in decode(payload(page))[0]["pictures"]]
    assert names == ["layers.0.forget_gate", "layers.0.cell_state"]
    links = {link.proto.page for link in page.get("page_link")}
    wanted = {name for section in SECTIONS if section != "Start" for name, _, _ in pages_of(section)}
    assert wanted <= links


def test_home_lists_recent_runs(open_page):
    page = run_until(open_page("home"), has_board)
    assert "Write, keep, clear" in texts(page)


def test_every_prepared_run_opens_where_it_is_at_home():
    from models.prepared import PREPARED, PREPARED_GROUPS, all_prepared
    from models.training.records import Run
    from pages.ui.training.recent import page_of

    def home_of(experiment):
        return page_of(Run("id", experiment, "finished", "", 1, 1, 0, (), 0.0, 0.0))

    homes = {experiment: home_of(experiment) for experiment in all_prepared()}
    assert {page: homes[experiment] for page, experiment in PREPARED.items()} == {
        page: page for page in PREPARED
    }
    alone = set(PREPARED.values())
    for page, group in PREPARED_GROUPS.items():
        assert {homes[experiment] for experiment in group.values() if experiment not in alone} <= {
            page.split(".")[0],
            *PREPARED_GROUPS,
        }
    assert {homes[experiment] for experiment in homes if experiment.task == "grammar"} == {"pretraining"}
    assert {homes[experiment] for experiment in homes if experiment.task == "repeated"} == {"circuits"}
    assert None not in homes.values()
