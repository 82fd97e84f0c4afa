import pytest

from models.claims.recurrence import CLAIMS
from models.experiment import Experiment
from models.networks import build_network
from models.tasks import build_task


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_a_claim_can_be_run_and_states_the_chance_of_its_task(claim):
    task = build_task(claim.experiment.task, **claim.experiment.task_options)
    build_network(claim.experiment.model, task)
    stated = task.guessing_loss if claim.experiment.task in ("adding", "copy_memory") else task.chance
    assert claim.chance == pytest.approx(stated, abs=0.002)
    assert claim.updates[0] <= claim.updates[1] <= claim.experiment.train.steps
    assert claim.sentence.endswith(".")
    assert claim.source


def test_claims_are_found_by_their_key_and_their_experiments_travel():
    for key, claim in CLAIMS.items():
        assert claim.key == key
        assert Experiment.from_json(claim.experiment.to_json()) == claim.experiment
