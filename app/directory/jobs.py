"""Jobs of the directory."""

from __future__ import annotations

from app.core.lanes import Lane
from app.directory.service import counts, index, offices

LANES: tuple[Lane, ...] = (
    Lane("directory-index", index.rebuild_when_needed, pause_s=30),
    Lane("directory-counts", counts.count_when_needed, pause_s=30),
)
AT_START: tuple[Lane, ...] = (Lane("seed-offices", offices.seed),)
