"""What a group of terms that mean the same may be."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal
from app.directory.rules.text import squeeze

MOST_TERMS = 10
LONGEST = 40


class GroupRefused(Refusal):
    """A group cannot be kept as it was typed; the form is shown again."""


class BadGroup(GroupRefused):
    """A group has too few terms, too many, or one that is too long."""

    status = 422
    code = "bad-group"
    title = _l("같은 말을 알아볼 수 없습니다")
    detail = _l("쉼표로 나누어 둘 이상, 열 개까지 써 주세요. 한 낱말은 40자까지입니다.")


class SameGroup(GroupRefused):
    """Another group has the same terms."""

    status = 409
    code = "same-group"
    title = _l("이미 있는 묶음입니다")
    detail = _l("목록에서 같은 묶음을 찾아 고쳐 주세요.")


class TooManyGroups(GroupRefused):
    """There are as many groups as there may be."""

    status = 409
    code = "too-many-groups"
    title = _l("같은 말은 500묶음까지입니다")
    detail = _l("쓰지 않는 묶음을 지우고 다시 해 주세요.")


def read(words: str) -> str:
    """A group as it is kept: its terms, none twice, with commas.

    Raises:
        BadGroup: fewer than two terms or more than ten, or one longer than 40 letters.
    """
    terms = {squeeze(part): " ".join(part.split()) for part in words.split(",") if squeeze(part)}
    if not 2 <= len(terms) <= MOST_TERMS or max(map(len, terms)) > LONGEST:
        raise BadGroup
    return ", ".join(terms.values())
