"""One score of one attention head as equations with their numbers."""

from __future__ import annotations

import numpy as np

from models.analysis.heads import ScoreArithmetic

TERMS = 3
"""Terms of a sum that are written out before the dots."""


def score_equations(found: ScoreArithmetic, key: int, values: np.ndarray) -> list[str]:
    """LaTeX to be aligned at `&`, a line for each step from the dot product to what the head hands on.

    key: which key's score
    values: (K, unit) the values that the attention averages; the last line takes their first unit, the
    keys that get most attention first, each named by its place
    """
    units = len(found.query)
    raw, scaled, score, share = (
        float(x[key]) for x in (found.raw, found.scaled, found.score, found.attention)
    )
    products = _sum([rf"({q:.2f})({k:.2f})" for q, k in zip(found.query, found.keys[key], strict=True)])
    most_first = np.argsort(-found.attention, kind="stable")
    averaged = _sum([rf"{found.attention[j]:.2f} \cdot ({values[j, 0]:.2f})_{{{j}}}" for j in most_first])
    return [
        rf"q \cdot k &= {products} = {raw:.3f}",
        rf"\frac{{q \cdot k}}{{\sqrt{{{units}}}}} &= \frac{{{raw:.3f}}}{{{units**0.5:.3f}}} = {scaled:.3f}",
        _masked(scaled, score),
        _softmax(found.score, score, share),
        rf"\sum_j a_j v_j[0] &= {averaged} = {float(found.attention @ values[:, 0]):.3f}",
    ]


def _softmax(scores: np.ndarray, score: float, share: float) -> str:
    """The share of one score; the largest is taken off all of them, which changes nothing."""
    top = scores.max()
    symbols = rf"\frac{{e^{{s - {top:.2f}}}}}{{\sum_j e^{{s_j - {top:.2f}}}}}"
    numbers = rf"\frac{{{np.exp(score - top):.4f}}}{{{np.exp(scores - top).sum():.4f}}}"
    return rf"a &= {symbols} = {numbers} = {share:.3f}"


def _masked(scaled: float, score: float) -> str:
    """What position bias and mask make of the scaled score."""
    if np.isneginf(score):
        return rf"s &= {scaled:.3f} - \infty = -\infty \quad \text{{(masked: it stands later)}}"
    added = score - scaled
    if abs(added) < 1e-5:
        return rf"s &= {scaled:.3f} + 0 = {score:.3f} \quad \text{{(not masked, the position bias is 0)}}"
    return rf"s &= {scaled:.3f} {added:+.3f} = {score:.3f} \quad \text{{(position bias)}}"


def _sum(terms: list[str]) -> str:
    told = " + ".join(terms[:TERMS])
    return told + r" + \dots" if len(terms) > TERMS else told
