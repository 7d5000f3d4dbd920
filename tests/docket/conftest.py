"""The story that the pages of the reading room are read from; it is told in tests/builders_story.py."""

from tests.builders_story import DRAFT, NOTE, RECOMMENDATION, SECRET, piece

__all__ = ["DRAFT", "NOTE", "RECOMMENDATION", "SECRET", "piece"]
