"""Moved to app.acts."""

from app.acts import *  # noqa: F403
