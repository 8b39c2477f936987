"""Annotated documents as text that a person reads in a terminal."""

from hmtl.render.document import render
from hmtl.render.terminal import wants_colour

__all__ = ["render", "wants_colour"]
