"""The claim of the shop page on search, over three seeds."""

import pytest

from models.analysis.review_search import same_feeling
from models.analysis.transfer import PRETRAINING
from tests.slow.test_language_claims import run, seeded

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_reviews_found_by_hidden_state_feel_as_the_query_does(seed):
    network, _, _ = run(seeded(PRETRAINING, seed))
    found = same_feeling(network)
    assert found["meaning"] >= 0.85, found
    assert found["words"] == pytest.approx(0.5, abs=0.08), "shared words say nothing of the feeling"
