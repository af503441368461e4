"""Hangul syllables as numbers: initials, half-composed syllables, the two-set keyboard.

A precomposed syllable is 0xAC00 + (initial * 21 + vowel) * 28 + final (Unicode 3.12, conjoining
jamo behaviour). Letters of the keyboard are the compatibility jamo U+3131–U+3163, which no
normalisation here may touch: NFKC turns ㅊ into a conjoining letter that nobody types.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, groupby
from typing import Final

FIRST: Final = 0xAC00
LAST: Final = 0xD7A3
INITIALS: Final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS: Final = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS: Final = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# A vowel or final that is typed with two keys, and the two.
PAIRS: Final = {
    "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ", "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
}  # fmt: skip
JOINED: Final = {two: one for one, two in PAIRS.items()}
# The two-set keyboard (KS X 5002): Latin key → letter. Shift doubles or changes seven of them.
KEYS: Final = {
    **dict(zip("qwertyuiop", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", strict=True)),
    **dict(zip("asdfghjkl", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", strict=True)),
    **dict(zip("zxcvbnm", "ㅋㅌㅊㅍㅠㅜㅡ", strict=True)),
    **dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True)),
    # With shift the other keys write what they write without.
    **dict(zip("YUIASDFGHJKLZXCVBNM", "ㅛㅕㅑㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)),
}  # fmt: skip


def is_syllable(char: str) -> bool:
    """Whether a character is a whole syllable."""
    return FIRST <= ord(char) <= LAST


def is_consonant(char: str) -> bool:
    """Whether a character is a lone consonant that may begin a syllable."""
    return char in INITIALS


def initial(char: str) -> str:
    """The consonant that a syllable begins with; any other character stays itself."""
    return INITIALS[(ord(char) - FIRST) // 588] if is_syllable(char) else char


def initials(text: str) -> str:
    """The initials of a text, character by character."""
    return text.translate(_INITIAL_OF)


_INITIAL_OF: Final = {code: INITIALS[(code - FIRST) // 588] for code in range(FIRST, LAST + 1)}


def _syllable(lead: int, vowel: int, final: int = 0) -> str:
    return chr(FIRST + (lead * 21 + vowel) * 28 + final)


def _range(lead: int, vowel: int) -> tuple[str, str]:
    return _syllable(lead, vowel), _syllable(lead, vowel, 27)


def still_composing(char: str) -> list[tuple[str, str]]:
    """What a last character may become while it is still being typed.

    Args:
        char: a lone consonant or a syllable; 창ㅇ → 창아–창잏, 우 → 우–웋, 워–웧, 웨–윃, 위–윟.

    Returns:
        Ranges of syllables, first and last; nothing for any other character.
    """
    if is_consonant(char):
        lead = INITIALS.index(char)
        return [(_syllable(lead, 0), _syllable(lead, 20, 27))]
    if not is_syllable(char):
        return []
    code = ord(char) - FIRST
    lead, vowel, final = code // 588, code // 28 % 21, code % 28
    if final:
        return _longer_finals(lead, vowel, final)
    longer = (VOWELS.index(one) for one, two in PAIRS.items() if two[0] == VOWELS[vowel])
    return [_range(lead, vowel), *(_range(lead, one) for one in longer)]


def _longer_finals(lead: int, vowel: int, final: int) -> list[tuple[str, str]]:
    """A final may still get a second consonant (갑 → 값)."""
    grown = (FINALS.index(one) for one, two in PAIRS.items() if two[0] == FINALS[final])
    same = [_syllable(lead, vowel, one) for one in (final, *grown) if one > 0]
    return [(one, one) for one in same]


def moved_final(char: str) -> tuple[str, list[tuple[str, str]]] | None:
    """What a syllable is when its last consonant belongs to the next one: 상숟 → 상수 and 다–딯.

    Returns:
        The syllable without that consonant, and what it may begin; None without a final.
    """
    if not is_syllable(char) or (ord(char) - FIRST) % 28 == 0:
        return None
    code = ord(char) - FIRST
    letters = PAIRS.get(FINALS[code % 28], FINALS[code % 28])
    left, moved = letters[:-1], letters[-1]
    if not is_consonant(moved):
        return None
    rest = chr(FIRST + code - code % 28 + (FINALS.index(left) if left else 0))
    return rest, still_composing(moved)


def from_keys(text: str) -> str:
    """What a Korean keyboard would have written: tkdtneh → 상수도. Other characters stay."""
    runs = groupby(text, key=lambda char: char in KEYS)
    return "".join(
        compose(KEYS[char] for char in run) if latin else "".join(run) for latin, run in runs
    )


def to_keys(text: str) -> str:
    """The Latin keys that write a Korean text: ㅎㅑㄴ → gis; syllables are taken apart."""
    keys = {letter: key for key, letter in reversed(KEYS.items())}
    return "".join(keys.get(letter, letter) for letter in chain.from_iterable(map(_letters, text)))


def _letters(char: str) -> list[str]:
    """The letters of a character, as they are typed."""
    if not is_syllable(char):
        return list(PAIRS.get(char, char))
    code = ord(char) - FIRST
    parts = (INITIALS[code // 588], VOWELS[code // 28 % 21], FINALS[code % 28].strip())
    return [letter for part in parts for letter in PAIRS.get(part, part)]


def compose(letters: Iterable[str]) -> str:
    """Syllables from letters in the order of typing, as an input method puts them together."""
    done: list[str] = []
    for letter in letters:
        _add(done, letter)
    return "".join(done)


def _add(done: list[str], letter: str) -> None:
    """Put one letter to what was typed before it."""
    last = done[-1] if done else ""
    joined = _join_vowel(done, last, letter) if letter in VOWELS else _join_final(last, letter)
    if joined is None:
        done.append(letter)
    else:
        done[-1] = joined


def _join_vowel(done: list[str], last: str, vowel: str) -> str | None:
    """A vowel takes up a lone consonant, makes a vowel longer, or takes a final with it."""
    if last and last in INITIALS:
        return _syllable(INITIALS.index(last), VOWELS.index(vowel))
    if not last or not is_syllable(last):
        return JOINED.get(last + vowel)
    code = ord(last) - FIRST
    if code % 28 == 0:
        longer = JOINED.get(VOWELS[code // 28 % 21] + vowel)
        return _syllable(code // 588, VOWELS.index(longer)) if longer else None
    moved = moved_final(last)
    if moved is None:
        return None
    taken = _letters(last)[-1]
    done[-1] = moved[0]
    done.append(taken)
    return _syllable(INITIALS.index(taken), VOWELS.index(vowel))


def _join_final(last: str, consonant: str) -> str | None:
    """A consonant ends a syllable, or joins the consonant that ends it."""
    if not last or not is_syllable(last):
        return None
    code = ord(last) - FIRST
    before = FINALS[code % 28].strip()
    final = JOINED.get(before + consonant) if before else consonant
    if final is None or final not in FINALS:
        return None
    return chr(FIRST + code - code % 28 + FINALS.index(final))
