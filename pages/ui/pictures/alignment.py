"""Pictures of attention over training: the map, bands between the words, agreement with what is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.film import Film
from models.looks_seq2seq import sentence_agreement
from models.tasks.translation import TranslationTask
from models.training.records import Run
from pages.ui.language import say
from pages.ui.translation.decoded import agreeing, some
from viz.alignment import alignment_bands, alignment_map, band_frames
from viz.curves import learning_curves
from viz.picture import Picture


@dataclass(frozen=True, eq=False)
class Pair:
    """The source that is looked at, and the answer that the decoder is given."""

    task: TranslationTask
    source: Tensor
    """(K,)"""
    answer: list[int]
    """The end included."""

    @property
    def tokens(self) -> list[str]:
        """The source's symbols."""
        return self.task.decode(self.source)

    @property
    def words(self) -> list[str]:
        """The answer's symbols."""
        return self.task.decode_answer(torch.tensor(self.answer))

    @property
    def known(self) -> np.ndarray:
        """(target, source) the true alignment, 0 or 1; all 0 where none is known."""
        return self.task.alignment(self.source, torch.tensor(self.answer))


def alignment_pictures(film: Film, pair: Pair) -> list[Picture]:
    """Two views of where the decoder looks, with the true alignment drawn over them."""
    attention = film["attention"]
    return [
        alignment_picture(
            attention,
            pair,
            say("Where the decoder looks"),
            say("Each row adds up to 1. Outlined: where it really comes from. Click a row to open it."),
        ),
        bands_picture(attention, pair),
    ]


def alignment_picture(attention: np.ndarray, pair: Pair, title: str, note: str) -> Picture:
    """The map of attention (moment, step, K) with the true alignment outlined and the agreement above it."""
    scores = [_score(sentence_agreement(values, pair.known)) for values in attention]
    figure = alignment_map(attention[-1], **_words(pair))
    figure.add_annotation(text=scores[-1], x=0, y=1.0, xref="paper", yref="paper", xanchor="left",
                          yanchor="bottom", yshift=4, showarrow=False, align="left")  # fmt: skip
    figure.update_layout(margin={"t": 56})
    return Picture(
        name="alignment",
        figure=figure,
        alt=say("Attention: one row for each word written, one column for each source word."),
        frames={"data.0.z": attention, "layout.annotations.0.text": np.array(scores, dtype=object)},
        title=title,
        note=note,
    )


def bands_picture(attention: np.ndarray, pair: Pair) -> Picture:
    """The same attention (moment, step, K) as bands between the words of both sides."""
    return Picture(
        name="bands",
        figure=alignment_bands(attention[-1], bands=say("attention"), **_words(pair)),
        alt=say("Source words on the left, the words written on the right, bands between them."),
        frames={"data.0.y": band_frames(attention)},
        title=say("The same as lines between words"),
        note=say("As thick as the attention, four to each word. Dotted: the true alignment."),
    )


def _words(pair: Pair) -> dict[str, object]:
    """What a figure of one pair says beside its attention."""
    return {
        "source": pair.tokens,
        "target": pair.words,
        "known": pair.known,
        "outlined": say("true alignment"),
    }


def _score(found: dict[str, float] | None) -> str:
    """The agreement on this source, in words."""
    if found is None:
        return say("no alignment is known for this source")
    return say(
        "largest weight on a true word: {largest:.0%} of steps<br>"
        "weight on true words: {mass:.0%} (evenly: {chance:.0%})",
        **found,
    )


def agreement_picture(run: Run, film: Film) -> Picture:
    """Agreement with the known alignment on held-out sequences over training, and what chance gives."""
    at = some(film.moments)
    found = [agreeing(run.id, step) for step in at]
    moments = np.array(film.moments, dtype=float)
    curves = {
        say("largest weight on a true word (share of steps)"): (at, [one["largest"] for one in found]),
        say("weight on true words (mean)"): (at, [one["mass"] for one in found]),
    }
    return Picture(
        name="agreement",
        figure=learning_curves(curves, guessing=found[-1]["chance"], quantity=say("agreement"),
                               steps=run.steps, within=(0, 1.04), cursor=moments[-1]),
        alt=say("Agreement of attention with the true alignment over the updates; dashed: even attention."),
        frames={"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
        title=say("Does it look where the word comes from?"),
        note=say("Held-out data, with teacher forcing. Dashed: attention spread evenly. Nobody taught the "
                 "network the alignment."),
    )  # fmt: skip
