"""Who may import whom, and what must load without what."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "viz": {"torch", "streamlit", "models", "pages"},
    "models": {"streamlit", "plotly", "viz", "pages"},
    "pages": {"plotly"},
}
WITHIN_MODELS = {
    "models/settings.py": {"models"},
    "models/tap.py": {"models"},
    "models/trace.py": {"models.networks", "models.training", "models.tasks", "models.analysis"},
    "models/tasks": {"models.networks", "models.training", "models.analysis", "models.trace"},
    "models/networks": {"models.training", "models.analysis", "models.trace"},
    "models/analysis": {"models.training.store", "models.training.engine"},
    "models/training/loop.py": {"models.training.store", "models.training.engine", "models.analysis"},
}


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def offences(place: str, forbidden: set[str]) -> list[str]:
    path = ROOT / place
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in sorted(imports_of(file))
        if any(name == word or name.startswith(word + ".") for word in forbidden)
    ]


@pytest.mark.parametrize(("place", "forbidden"), [*FORBIDDEN.items(), *WITHIN_MODELS.items()])
def test_imports_run_one_way(place, forbidden):
    assert offences(place, forbidden) == []


def test_the_guard_sees_an_offence(tmp_path, monkeypatch):
    (tmp_path / "viz").mkdir()
    (tmp_path / "viz" / "bad.py").write_text("def f():\n    from torch import nn\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    assert offences("viz", FORBIDDEN["viz"]) == ["viz/bad.py imports torch", "viz/bad.py imports torch.nn"]


def test_experiment_imports_nothing_of_the_project_but_settings_and_the_link():
    own = {name for name in imports_of(ROOT / "models/experiment.py") if name.split(".")[0] == "models"}
    assert {".".join(name.split(".")[:2]) for name in own} == {"models.settings", "models.query"}


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("viz.maps, viz.curves, viz.picture", "torch"),
        ("models.experiment", "torch"),
        ("models.training.worker, models.training.cluster", "streamlit"),
    ],
)
def test_loads_without(module, absent):
    code = f"import sys, {module}; sys.exit({absent!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_pages_are_recipes():
    long = {
        p.name: n
        for p in (ROOT / "pages").glob("*.py")
        if (n := len(p.read_text("utf-8").splitlines())) > 110
    }
    assert long == {}
