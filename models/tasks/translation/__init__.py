"""Tasks that turn one sequence into another, whose true alignment is known."""

from __future__ import annotations

from models.tasks.translation.base import TranslationTask
from models.tasks.translation.dates import ReadDates
from models.tasks.translation.facts import AnswerFromFacts
from models.tasks.translation.korean import EnglishToKorean
from models.tasks.translation.reverse import ReverseSequence

__all__ = ["AnswerFromFacts", "EnglishToKorean", "ReadDates", "ReverseSequence", "TranslationTask"]
