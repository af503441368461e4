"""The scene that tests of this folder act in."""

from tests.scene import scene as scene
