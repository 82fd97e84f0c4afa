"""The equations of one score say the numbers of the trace."""

import numpy as np
import pytest

from models.analysis.heads import ScoreArithmetic
from models.analysis.score_equation import score_equations


def arithmetic(scores):
    query, keys = np.array([1.0, 2.0, 0.0, 1.0]), np.array([[1.0, 1.0, 5.0, 0.0], [0.0, -1.0, 0.0, 4.0]])
    raw = keys @ query
    weights = np.exp(scores - np.max(scores))
    return ScoreArithmetic(query, keys, query * keys, raw, raw / 2, scores, weights / weights.sum())


def test_each_line_has_its_numbers():
    found = arithmetic(np.array([1.5, 1.0]))
    product, scaled, score, softmax, handed = score_equations(found, 0, np.array([[2.0], [-1.0]]))
    assert "(1.00)(1.00) + (2.00)(1.00) + (0.00)(5.00)" in product
    assert product.endswith("= 3.000")
    assert r"\sqrt{4}" in scaled and scaled.endswith("= 1.500")
    assert "not masked" in score
    assert softmax.endswith(f"= {1 / (1 + np.exp(-0.5)):.3f}")
    assert handed.endswith(f"= {2 * found.attention[0] - found.attention[1]:.3f}")


def test_what_is_handed_on_names_the_keys_that_get_most_attention_first():
    found = arithmetic(np.array([-1.0, 2.0]))
    handed = score_equations(found, 0, np.array([[2.0], [-1.5]]))[-1]
    assert handed.split("&= ")[1].startswith(r"0.95 \cdot (-1.50)_{1} + 0.05 \cdot (2.00)_{0} =")


def test_a_masked_key_and_a_position_bias_are_named():
    found = arithmetic(np.array([-np.inf, 0.25]))
    lines = score_equations(found, 0, np.ones((2, 1)))
    assert "masked" in lines[2]
    assert lines[3].endswith("= 0.000")
    assert "-0.750 = 0.250" in score_equations(found, 1, np.ones((2, 1)))[2]


@pytest.mark.parametrize("key", [0, 1])
def test_a_sum_that_is_cut_says_so(key):
    assert r"\dots" in score_equations(arithmetic(np.array([1.0, 2.0])), key, np.ones((2, 1)))[0]
