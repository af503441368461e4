"""What open pages are told: written when it changes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Document
from app.cafeteria.rules import document
from app.core import db


def tag_of(said: dict[str, Any]) -> str:
    """The entity tag of a document: the same while it says the same."""
    plain = json.dumps(document.substance(said), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:20]


def keep(canteen_id: str, said: dict[str, Any]) -> None:
    """Keep a document in the open transaction."""
    row = {
        "canteen_id": canteen_id, "tag": tag_of(said), "made_ms": said["made_ms"],
        "body": json.dumps(said, ensure_ascii=False, separators=(",", ":")),
    }  # fmt: skip
    anew = {name: row[name] for name in ("tag", "made_ms", "body")}
    db.run(
        insert(Document).values(row).on_conflict_do_update(index_elements=["canteen_id"], set_=anew)
    )
