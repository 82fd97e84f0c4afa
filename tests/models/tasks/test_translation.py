import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks import build_task
from models.tasks.translation import AnswerFromFacts, EnglishToKorean, ReadDates, ReverseSequence
from models.tasks.translation.base import exact

TASKS = [
    ReverseSequence(longest=7, letters=4),
    ReverseSequence(),
    AnswerFromFacts(facts=1),
    AnswerFromFacts(),
    EnglishToKorean(clauses=1),
    EnglishToKorean(),
    ReadDates(),
    ReadDates(languages="16"),
]
NAMES = [f"{task.key}-{number}" for number, task in enumerate(TASKS)]
every_task = pytest.mark.parametrize("task", TASKS, ids=NAMES)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@every_task
@pytest.mark.parametrize("held_out", [False, True])
def test_batches_hold_right_answers_in_their_form(task, held_out):
    batch = task.sample(60, generator(), held_out=held_out)
    assert batch.counts.shape == batch.targets.shape
    for source, target, counts in zip(batch.inputs, batch.targets, batch.counts, strict=True):
        length = int((source != task.padding).sum())
        assert length > 0
        assert (source[length:] == task.padding).all()
        answer = task.solve(source)
        assert target[counts].tolist() == answer
        assert counts[: len(answer)].all()
        assert not counts[len(answer) :].any()
        assert (target[len(answer) :] == task.end).all()
        assert answer.index(task.end) == len(answer) - 1
        assert len(answer) <= task.longest_answer


@every_task
def test_a_typed_source_is_the_same_source(task):
    batch = task.sample(20, generator(4))
    for source in batch.inputs:
        text = task.read(source)
        assert torch.equal(task.encode(text), source[source != task.padding])
    assert len(task.encode(task.example())) <= task.longest_probe


@every_task
def test_equal_generators_give_equal_batches(task):
    a, b, c = task.sample(9, generator(1)), task.sample(9, generator(1)), task.sample(9, generator(2))
    assert torch.equal(a.inputs, b.inputs)
    assert torch.equal(a.targets, b.targets)
    assert a.inputs.shape != c.inputs.shape or not torch.equal(a.inputs, c.inputs)
    assert torch.equal(task.held_out(5).inputs, task.held_out(5).inputs)


@every_task
def test_alignment_has_a_place_for_each_symbol_and_none_where_there_is_no_answer(task):
    batch = task.sample(20, generator(5))
    for source, target in zip(batch.inputs, batch.targets, strict=True):
        known = task.alignment(source, target)
        length = int((source != task.padding).sum())
        assert known.shape == (len(target), len(source))
        assert set(np.unique(known)) <= {0.0, 1.0}
        assert known.any()
        assert not known[:, length:].any()
        assert not known[target.tolist().index(task.end) :].any()
        wrong = target.clone()
        wrong[0] = 1 + wrong[0] % (len(task.answers) - 1)
        if task.key != "read_dates":
            assert not task.alignment(source, wrong).any()


@every_task
@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_source_gets_a_clear_message(task, text):
    with pytest.raises(ValueError, match=r"wanted 1 to \d+ (words|characters), got 0"):
        task.encode(text)


@every_task
def test_an_over_long_source_gets_a_clear_message(task):
    long = task.joint.join([task.symbols[1] if task.symbols[1].strip() else "1"] * 200)
    with pytest.raises(ValueError, match=rf"wanted 1 to {task.longest_probe} .*, got 200"):
        task.encode(long)


def test_unknown_symbols_are_named():
    with pytest.raises(ValueError, match=r"wanted characters out of: abcdefghij; got 'z', '7'"):
        ReverseSequence().encode("abz7z")
    with pytest.raises(ValueError, match=r"wanted words out of: the in and .*; got 'unicorn'"):
        EnglishToKorean().encode("The unicorn saw the cat.")
    with pytest.raises(ValueError, match="got '@'"):
        ReadDates().encode("2024@")
    with pytest.raises(ValueError, match="got '<pad>'"):
        AnswerFromFacts().encode("<pad> where is tom ?")


@every_task
def test_guessing_is_better_than_nothing_and_worse_than_knowing(task):
    batch = task.sample(2000, generator(8))
    frequency = [
        torch.bincount(t[c]).max().item() for t, c in zip(batch.targets.T, batch.counts.T, strict=True)
    ]
    assert task.chance == pytest.approx(sum(frequency) / batch.counts.sum().item(), abs=0.02)
    assert 0 < task.exact_chance < 0.5
    assert 0 < task.guessing_loss < np.log(len(task.answers))
    assert task.headline == "exact"


@given(st.text("abcd", min_size=1, max_size=30))
@settings(deadline=None)
def test_reversal_is_reversal(word):
    task = ReverseSequence(letters=4)
    source = task.encode(word)
    assert task.read_answer(task.solve(source)) == word[::-1]
    known = task.alignment(source, torch.tensor(task.solve(source)))
    assert np.array_equal(known[:-1], np.eye(len(word))[::-1])


def test_facts_are_supported_by_the_sentence_on_the_person_asked_for():
    task = AnswerFromFacts()
    text = "tom ran to the park . anna went to the office . where is tom ?"
    source = task.encode(text)
    assert task.support(source) == (0, 6)
    assert task.read_answer(task.solve(source)) == "tom park"
    again = task.encode("tom ran to the park . tom went to the office . where is tom ?")
    assert task.support(again) == (6, 12)
    assert task.solve(task.encode("tom ran to the park . where is anna ?")) is None
    assert task.solve(task.encode("where tom")) is None
    known = task.alignment(source, torch.tensor(task.solve(source)))
    assert known.tolist() == [[0] * 16, [1] * 6 + [0] * 10, [0] * 16]
    assert not task.alignment(source, torch.tensor(task.solve(again))).any()


def test_as_many_facts_as_asked_for_on_different_people():
    task = AnswerFromFacts(facts=5)
    batch = task.sample_of_facts(torch.tensor([1, 5, 3]), generator())
    assert ((batch.inputs != 0).sum(1) == torch.tensor([10, 34, 22])).all()
    people = batch.inputs[1, :30:6]
    assert len(people.unique()) == 5


def test_exact_looks_at_everything_up_to_the_end_and_nothing_after():
    targets = torch.tensor([[3, 2, 0, 0], [3, 2, 1, 0], [1, 0, 0, 0], [2, 2, 2, 0]])
    answers = torch.tensor([[3, 2, 0, 4, 4], [3, 2, 0, 1, 0], [1, 0, 2, 2, 2], [2, 2, 2, 2, 2]])
    assert exact(answers, targets, 0).tolist() == [True, False, True, False]
    assert exact(answers[:, :2], targets, 0).tolist() == [False, False, True, False]


def test_registered_by_name():
    assert build_task("read_dates", languages="ko").languages == "ko"
    assert build_task("english_to_korean").transduces


@pytest.mark.parametrize(
    ("task", "said", "share"),
    [
        (ReverseSequence(), "about one symbol in eight", 1 / 8),
        (EnglishToKorean(), "about one word in ten", 1 / 10),
        (ReadDates(), "nearly half of the characters", 0.45),
    ],
)
def test_what_a_summary_says_of_guessing_is_so(task, said, share):
    assert said in task.summary
    assert task.chance == pytest.approx(share, rel=0.08)
