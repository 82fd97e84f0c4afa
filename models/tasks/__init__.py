"""The tasks by name. A new task is one module and one line here."""

from __future__ import annotations

from models.settings import shortened
from models.tasks.adding import Adding
from models.tasks.base import Batch, Task
from models.tasks.characters import NextCharacter
from models.tasks.clicks import Clicks
from models.tasks.copy_memory import CopyMemory
from models.tasks.counting import Brackets, EqualNumbers
from models.tasks.grammar import Grammar
from models.tasks.modular import ModularAddition
from models.tasks.new_language import NewLanguage
from models.tasks.order import Order
from models.tasks.own_texts import OwnTexts
from models.tasks.remember_first import RememberFirst
from models.tasks.repeated import Repeated
from models.tasks.review_language import ReviewLanguage
from models.tasks.reviews import Reviews
from models.tasks.temporal_order import TemporalOrder
from models.tasks.translation import AnswerFromFacts, EnglishToKorean, ReadDates, ReverseSequence
from models.tasks.words import WordNeighbours
from models.tasks.write_keep_clear import WriteKeepClear

TASKS: dict[str, type[Task]] = {
    task.key: task
    for task in (
        WriteKeepClear,
        RememberFirst,
        NextCharacter,
        EqualNumbers,
        Brackets,
        Adding,
        CopyMemory,
        TemporalOrder,
        Order,
        Repeated,
        ModularAddition,
        WordNeighbours,
        Reviews,
        ReviewLanguage,
        Grammar,
        Clicks,
        OwnTexts,
        NewLanguage,
        ReverseSequence,
        ReadDates,
        EnglishToKorean,
        AnswerFromFacts,
    )
}


def build_task(key: str, **settings: bool | int | float | str) -> Task:
    """The task of that name. Raises ValueError for an unknown name or setting, or a value out of bounds."""
    if key not in TASKS:
        raise ValueError(f"task: wanted one of {', '.join(sorted(TASKS))}, got {shortened(key)}")
    try:
        return TASKS[key](**settings)
    except TypeError as error:
        raise ValueError(f"{key}: wanted known settings only: {error}") from error


__all__ = ["TASKS", "Batch", "Task", "build_task"]
