"""LSTM: gates that remember, seen while they learn."""

from models.claims.recurrence import LSTM_COUNTS, LSTM_WITHOUT_FORGET_BIAS, forget_bias_experiment
from models.prepared import PREPARED
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.memory.gates import gates
from pages.ui.presets import presets

BASE = PREPARED["lstm"]

PRESETS = {
    "lag 20, forget bias 0": LSTM_WITHOUT_FORGET_BIAS.experiment,
    "lag 20, forget bias 3": forget_bias_experiment(20, 3.0, 150),
    "a cell that counts": LSTM_COUNTS.experiment,
}

link = begin("lstm", "LSTM: gates that remember")
presets("lstm", BASE, PRESETS)
experiment = experiment_controls(
    link,
    BASE,
    tasks=("write_keep_clear", "remember_first", "equal_numbers", "characters"),
    model=("hidden", "layers", "forget_bias"),
    ranges={"hidden": (2, 64), "layers": (1, 3), "steps": (50, 2000), "batch_size": (8, 256)},
)
NOTES = {
    "forget_gate": say("Dark: the cell lets go of what it held. Bright: it keeps it."),
    "input_gate": say("Bright: the candidate is let in."),
    "output_gate": say("Bright: the cell shows what it holds."),
    "candidate": say("What would be written, from -1 to 1."),
    "cell_state": say("What each cell holds."),
    "hidden_state": say("What each unit shows to the next step and to the answer."),
}
gates(link, experiment, BASE, notes=NOTES, sorted_by="cell_state")
end("lstm")
