"""What the race shows at equal parameters, over five seeds: who remembers, and who only learned one lag."""

import numpy as np
import pytest

from models.analysis.memory import accuracy_by_lag
from models.film import task_of
from models.prepared import RACE
from models.race import KINDS, entrants
from models.training.loop import trained

pytestmark = pytest.mark.slow
OTHER_LAGS = (8, 11, 22, 30)
"""Training showed 15 and nothing else. Measured, mean of these lags over seeds 0 to 4: plain RNN 0.00 to
0.09 (guessing gets 0.125), LSTM 0.88 to 1.00, GRU 0.95 to 1.00, Transformer 1.00."""


@pytest.mark.parametrize("kind", KINDS)
def test_gates_and_attention_remember_at_lags_never_trained_and_a_plain_rnn_does_not(kind):
    accuracies, learned = [], []
    for runner in entrants(RACE, (kind,), "parameters", 5):
        network, snapshot = trained(runner.experiment)
        learned.append(snapshot.metrics["accuracy"])
        found = accuracy_by_lag(network, task_of(runner.experiment), OTHER_LAGS, sequences=128)
        accuracies.append(np.mean(list(found.values())))
        print(f"{runner.name}: {found}")
    assert np.median(learned) > 0.9, "the lag of training is mostly learned, by the plain RNN too"
    if kind == "rnn":
        assert np.median(accuracies) < 0.125
        assert max(accuracies) < 0.4
    else:
        assert np.median(accuracies) > 0.9
        assert min(accuracies) > 0.6
