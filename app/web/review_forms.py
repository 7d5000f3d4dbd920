"""Moved to app.review_forms."""

from app.review_forms import *  # noqa: F403
