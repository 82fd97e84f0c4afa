"""How many labels each arm needs: every arm with every number of labels, over several draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from models.analysis.transfer import ARMS
from models.training.records import Run
from models.transfer_plan import LABELS, Setup
from pages.ui.controls.choices import choice
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.texts.transfer import ARM_NAMES
from pages.ui.texts.transfer_results import accuracies_of
from pages.ui.training.sweep import sweep
from viz.transfer import LabelCurve, gap_curves, label_curves

ENOUGH = 0.95


def label_sweep(link: Link, setup: Setup) -> None:
    """The button, the progress, and accuracy and gap against the number of labels."""
    draws = choice(
        link, "draws", (1, 2, 3), 1, say("Draws of labels"),
        say("How often each number of labels is drawn anew; the bars go from the worst draw to the best."),
    )  # fmt: skip

    def pictures(runs: Mapping[tuple[str, int, int], Run]) -> None:
        curves = _curves(runs, draws)
        shared = {"labels": LABELS, "unit": say("labelled reviews")}
        left, right = st.columns(2)
        left.markdown(f"**{say('Right on held-out reviews')}**")
        left.plotly_chart(
            label_curves(curves, chance=0.5, **shared), key=f"{link.page}.by_labels",
            alt=say("Share right on held-out reviews of each arm against the number of labelled reviews."),
        )  # fmt: skip
        right.markdown(f"**{say('Training minus held out')}**")
        right.plotly_chart(
            gap_curves(curves, **shared), key=f"{link.page}.gap_by_labels",
            alt=say("The gap between training and held-out accuracy against the number of labelled reviews."),
        )  # fmt: skip
        st.dataframe(_table(curves), hide_index=True)

    sweep(f"{link.page}", setup.sweep(draws), pictures=pictures)


def _curves(runs: Mapping[tuple[str, int, int], Run], draws: int) -> dict[str, LabelCurve]:
    curves = {}
    for arm in ARMS:
        held_out, training = np.full((2, draws, len(LABELS)), np.nan)
        for (name, labelled, draw), run in runs.items():
            if name == arm:
                found = accuracies_of(run.id, run.step)
                held_out[draw, LABELS.index(labelled)] = found["held out"]
                training[draw, LABELS.index(labelled)] = found["training"]
        curves[say(ARM_NAMES[arm])] = LabelCurve(held_out, training)
    return curves


def _table(curves: Mapping[str, LabelCurve]) -> list[dict[str, str]]:
    """The numbers behind the picture, and the fewest labels that are enough."""
    rows = []
    for name, curve in curves.items():
        known = ~np.isnan(curve.held_out)
        mean = [column[there].mean() if there.any() else np.nan
                for column, there in zip(curve.held_out.T, known.T, strict=True)]  # fmt: skip
        enough = next((labels for labels, value in zip(LABELS, mean, strict=True) if value >= ENOUGH), None)
        row = {say("Arm"): name}
        row |= {str(n): "–" if np.isnan(v) else f"{v:.1%}" for n, v in zip(LABELS, mean, strict=True)}
        missing = say("not reached") if known.any(0).all() else say("not yet")
        rows.append(row | {say("Labels for 95 %"): str(enough) if enough else missing})
    return rows
