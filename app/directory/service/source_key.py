"""The key of an office's open-data API, sealed in the database."""

from __future__ import annotations

from urllib.parse import quote

from cryptography.exceptions import InvalidTag

from app.core import http, keys
from app.directory.queries.sources import SourceRow


def sealed(source_id: str, key: str) -> dict[str, bytes | None]:
    """The columns that keep a key; an empty key is none."""
    if not key:
        return {"wrapped_key": None, "secret": None}
    wrapped, secret = keys.seal_row(http.secrets().rows, source_id, key.encode())
    return {"wrapped_key": wrapped, "secret": secret}


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
