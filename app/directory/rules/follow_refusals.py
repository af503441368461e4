"""What the directory refuses of what a person keeps in it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class TooManyFollows(Refusal):
    """A person follows 200 things at most."""

    status = 409
    code = "directory-too-many-follows"
    title = _l("더 받을 수 없습니다")
    detail = _l("알림은 200가지까지 받을 수 있습니다. 쓰지 않는 것을 지우고 다시 눌러 주세요.")


class TooManyFavourites(Refusal):
    """A person keeps 200 entries at hand at most."""

    status = 409
    code = "directory-too-many-favourites"
    title = _l("더 넣을 수 없습니다")
    detail = _l("즐겨찾기에는 200명까지 넣을 수 있습니다. 쓰지 않는 것을 빼고 다시 눌러 주세요.")


class EntryGone(Refusal):
    """Nothing is known of the entry: it was never there, or its office forgot it."""

    status = 410
    code = "directory-entry-gone"
    title = _l("더 이상 없는 항목입니다")
    detail = _l("기관의 누리집에서 사라졌고 남은 기록도 없습니다. 담당 업무로 다시 찾아 주세요.")
