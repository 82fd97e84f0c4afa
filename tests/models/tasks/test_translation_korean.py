import unicodedata

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.tasks.translation import EnglishToKorean
from models.tasks.translation.korean import ENGLISH_WORDS, pools
from models.tasks.translation.korean_grammar import (
    KOREAN_WORDS,
    NOUNS_IN_KOREAN,
    as_object,
    as_subject,
    ends_in_consonant,
    translate,
)

TASK = EnglishToKorean()
FINAL_CONSONANTS = {
    "고양이": False,
    "곰": True,
    "선생님": True,
    "의사": False,
    "책": True,
    "꽃": True,
    "물고기": False,
}


def test_a_translation_written_by_hand():
    text = "The famous king remembered the small flower in the forest yesterday but the cat saw the bear"
    source = TASK.encode(text)
    wanted = "어제 유명한 왕이 숲에서 작은 꽃을 기억했다 하지만 고양이가 곰을 보았다"
    target = TASK.solve(source)
    assert TASK.read_answer(target) == wanted
    known = TASK.alignment(source, torch.tensor(target))
    words = text.lower().split()
    aligned = " ".join(words[row.argmax()] for row in known[:-1])
    assert aligned == "yesterday famous king forest small flower remembered but cat bear saw"
    assert (known[:-1].sum(1) == 1).all()


def test_one_noun_in_two_roles_takes_two_particles():
    text = "the bear saw the bear"
    source = TASK.encode(text)
    assert TASK.read_answer(TASK.solve(source)) == "곰이 곰을 보았다"
    known = TASK.alignment(source, torch.tensor(TASK.solve(source)))
    assert known.argmax(1)[:3].tolist() == [1, 4, 2]


def test_particles_follow_the_last_letter():
    for noun, closed in FINAL_CONSONANTS.items():
        assert ends_in_consonant(noun) == closed
    for noun in NOUNS_IN_KOREAN.values():
        jamo = unicodedata.normalize("NFD", noun)[-1]
        closed = "\u11a8" <= jamo <= "\u11ff"
        assert as_subject(noun)[-1] == ("이" if closed else "가")
        assert as_object(noun)[-1] == ("을" if closed else "를")


def test_sentences_outside_the_grammar_have_no_translation():
    for text in (
        "cat saw the bear",
        "the cat the bear",
        "the apple saw the bear",
        "the cat saw the bear and",
        "the cat saw the bear yesterday in the park",
        "the cat saw the bear the bear",
        "and",
        "the",
    ):
        source = TASK.encode(text)
        assert TASK.solve(source) is None, text
        assert not TASK.alignment(source, torch.tensor([1, 0])).any()


@given(st.lists(st.sampled_from(ENGLISH_WORDS[1:]), max_size=12))
@settings(max_examples=300, deadline=None)
def test_any_words_are_translated_or_refused(words):
    pairs = translate(words)
    assert pairs is None or all(word in KOREAN_WORDS and 0 <= place < len(words) for word, place in pairs)


def test_no_word_stands_for_two():
    assert len(set(ENGLISH_WORDS)) == len(ENGLISH_WORDS)
    assert len(set(KOREAN_WORDS)) == len(KOREAN_WORDS)


def test_held_out_sentences_are_new():
    training, held_out = (
        {tuple(source[source != 0].tolist()) for source in pool.sources} for pool in pools(1)
    )
    assert len(training) == 9_000
    assert len(held_out) == 1_000
    assert not training & held_out
