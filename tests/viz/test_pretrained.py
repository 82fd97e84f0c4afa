"""One layer's heads, and guesses for a blank."""

import numpy as np
import pytest

from viz.pretrained import guess_bars, layer_grid


def test_a_layers_heads_stand_beside_each_other_under_the_layers_number():
    attention = np.random.default_rng(0).random((3, 5, 5))
    figure = layer_grid(attention, layer=7, head=1)
    assert len(figure.data) == 3
    np.testing.assert_array_equal(figure.data[2].z, attention[2])
    said = {annotation.text for annotation in figure.layout.annotations}
    assert "layer 7" in said and "layer 0" not in said
    with pytest.raises(ValueError, match="head: wanted 0 to 2, got 3"):
        layer_grid(attention, layer=7, head=3)


def test_guesses_that_look_like_numbers_stay_words_and_markup_is_harmless():
    figure = guess_bars([0.6, 0.3, 0.1], words=["12", "<b>", "tent"])
    assert list(figure.data[0].x) == [0.6, 0.3, 0.1]
    assert list(figure.layout.yaxis.ticktext)[::2] == ["12 ", "tent "]
    assert "&lt;b>" in figure.layout.yaxis.ticktext[1]
    same = guess_bars([0.6, 0.3], words=["bank", "bank"])
    assert len(set(same.data[0].y)) == 2, "two tokens that look alike have a bar each"
    with pytest.raises(ValueError, match="each of 1 words, got 2"):
        guess_bars([0.1, 0.2], words=["tent"])
