"""The key of an office's open-data API, sealed in the database."""

from __future__ import annotations

from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from sqlalchemy.dialects.sqlite import insert

from app.core import db, http, keys
from app.core.fetch.tables import FetchKey
from app.directory.queries.sources import SourceRow


def keep(source_id: str, key: str) -> None:
    """Keep a key, in the open transaction; an empty one leaves the key that there is."""
    if not key:
        return
    wrapped, secret = keys.seal_row(http.secrets().rows, source_id, key.encode())
    columns = {"wrapped_key": wrapped, "secret": secret}
    written = insert(FetchKey).values(owner=source_id, **columns)
    db.run(written.on_conflict_do_update(index_elements=["owner"], set_=columns))


def open_key(source: SourceRow) -> str:
    """The key as it goes into an address; "" when there is none, or it cannot be opened here. One
    that is percent-encoded already, as data.go.kr hands them out, is taken as it is."""
    if source.secret is None or source.wrapped_key is None:
        return ""
    try:
        plain = keys.open_row(http.secrets().rows, source.id, source.wrapped_key, source.secret)
    except InvalidTag:
        return ""
    text = plain.decode()
    return text if "%" in text else quote(text, safe="")
