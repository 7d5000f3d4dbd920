"""The addresses of the reading room, one file a noun. None of them changes anything."""

from app.docket.views import drawing, figures, home, ledger, lists, log, matters, reference, trace, units, words
from app.docket.views.blueprint import blueprint

__all__ = ["blueprint", "drawing", "figures", "home", "ledger", "lists", "log", "matters", "reference", "trace", "units", "words"]
