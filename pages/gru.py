"""GRU: two gates instead of three; what they do, and what that saves."""

from models.prepared import PREPARED
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.memory.costs import costs
from pages.ui.memory.gates import gates
from pages.ui.memory.starts import GRU_STARTS
from pages.ui.presets import presets

BASE = PREPARED["gru"]

link = begin("gru", "GRU: the lighter gates")
presets("gru", BASE, GRU_STARTS)
experiment = experiment_controls(
    link,
    BASE,
    tasks=("write_keep_clear", "remember_first", "reviews", "brackets", "characters"),
    model=("hidden", "layers"),
    ranges={"hidden": (2, 64), "layers": (1, 3), "steps": (50, 2000), "batch_size": (8, 256)},
    task_settings=("lag", "lags", "length", "depth", "write_rate", "read_rate", "clear_rate", "text"),
)
NOTES = {
    "update_gate": say("Bright: the old state stays. Dark: the candidate takes its place."),
    "reset_gate": say("Dark: the candidate is made as if there were no past."),
    "candidate": say("What would be written, from -1 to 1."),
    "hidden_state": say("What each unit holds and shows: a GRU has no second, hidden store."),
}
gates(link, experiment, BASE, notes=NOTES, sorted_by="hidden_state")
costs(link, experiment)
end("gru")
