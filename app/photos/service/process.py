"""A placeholder until the processing of pictures is merged."""

from __future__ import annotations


def process(photo_id: str) -> str:
    """Do nothing yet; the photo stays `arrived`."""
    return photo_id and "arrived"
