"""The scene that tests of this folder act in."""

from tests.scene import scene

__all__ = ["scene"]
