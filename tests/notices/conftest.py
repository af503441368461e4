"""The scenes that tests of this folder act in."""

from tests.scene import scene, shared

__all__ = ["scene", "shared"]
