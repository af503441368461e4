"""Letters, syllables, the keyboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.rules import hangul

SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("tkdtneh", "상수도"), ("cjdsus", "청년"), ("rkqt", "값"), ("rkqtdl", "값이"),
        ("dhkd", "왕"), ("thrhrl", "소고기"), ("Rkcl", "까치"), ("dnjs", "원"), ("c119", "ㅊ119"),
        ("alek", "미다"), ("dkfks", "아란"), ("ekfrrhrl", "닭고기"), ("rP", "계"), ("EK", "따"),
        ("", ""), ("12 3", "12 3"),
    ],
)  # fmt: skip
def test_what_a_korean_keyboard_would_have_written(keys: str, text: str) -> None:
    assert hangul.from_keys(keys) == text


@given(SYLLABLES)
def test_every_syllable_can_be_typed(text: str) -> None:
    assert hangul.from_keys(hangul.to_keys(text)) == text


@given(SYLLABLES)
def test_initials_stand_for_their_syllables(text: str) -> None:
    found = hangul.initials(text)
    assert len(found) == len(text)
    assert all(hangul.is_consonant(char) for char in found)
    for char, lead in zip(text, found, strict=True):
        [(first, last)] = hangul.still_composing(lead)
        assert first <= char <= last


def test_what_is_no_syllable_stays() -> None:
    assert hangul.initials("ㄱa1가-") == "ㄱa1ㄱ-"
    assert hangul.still_composing("a") == []
    assert hangul.still_composing("ㅏ") == []
    assert hangul.moved_final("a") is None
    assert hangul.moved_final("수") is None


@pytest.mark.parametrize(
    ("char", "ranges"),
    [
        ("우", "우웋 워웧 웨윃 위윟"), ("ㅇ", "아잏"), ("아", "아앟"), ("갑", "갑갑 값값"),
        ("갓", "갓갓"), ("그", "그긓 긔긯"),
    ],
)  # fmt: skip
def test_what_a_syllable_may_become(char: str, ranges: str) -> None:
    wanted = [(pair[0], pair[1]) for pair in ranges.split()]
    assert hangul.still_composing(char) == wanted


@pytest.mark.parametrize(
    ("char", "left", "first"), [("숟", "수", "다"), ("값", "갑", "사"), ("닭", "달", "가")]
)
def test_a_last_consonant_may_belong_to_the_next_syllable(char: str, left: str, first: str) -> None:
    moved = hangul.moved_final(char)
    assert moved is not None
    assert moved[0] == left
    assert moved[1][0][0] == first


@given(SYLLABLES.filter(bool))
def test_typing_passes_through_what_composing_foresees(text: str) -> None:
    """Whatever stands on the screen while the last syllable is typed is foreseen as becoming it."""
    keys = hangul.to_keys(text)
    whole = hangul.from_keys(keys)
    last = hangul.to_keys(whole[-1])
    for count in range(1, len(last)):
        screen = hangul.from_keys(keys[: len(keys) - len(last) + count])
        assert screen[: len(whole) - 1] == whole[:-1] or len(screen) < len(whole)
        if len(screen) == len(whole):
            ranges = hangul.still_composing(screen[-1])
            assert any(first <= whole[-1] <= end for first, end in ranges)
        else:
            moved = hangul.moved_final(screen[-1])
            assert moved is not None
            assert any(first <= whole[-1] <= end for first, end in moved[1])
