"""What all tests share: a store of their own, one torch thread."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unrolled", deadline=None)
settings.load_profile("unrolled")
_FOLDER = tempfile.TemporaryDirectory(prefix="unrolled-tests-", ignore_cleanup_errors=True)
os.environ["UNROLLED_STORE"] = f"sqlite:///{Path(_FOLDER.name) / 'store.sqlite'}"
os.environ.pop("UNROLLED_SCHEDULER", None)

BARE = ("runtime.scriptrunner_utils.script_run_context", "runtime.state.session_state_proxy")
"""Loggers of Streamlit that warn hundreds of times of what AppTest runs without a browser."""
for name in BARE:
    logging.getLogger(f"streamlit.{name}").addFilter(lambda record: record.levelno > logging.WARNING)


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Several test processes share two cores."""
    import torch

    torch.set_num_threads(1)
