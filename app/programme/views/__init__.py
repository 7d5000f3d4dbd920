"""The pages of the programme's own house, one file a noun."""

from flask import Blueprint

from app.promises import use_site

blueprint = Blueprint("programme", __name__)
blueprint.record_once(lambda state: use_site(state.app.config["PUBLIC_URL"]))

from app.programme.views import accounts, agents, health, inbox, letters, me, organisations, people, plans, sign_in  # noqa: E402

__all__ = ["accounts", "agents", "blueprint", "health", "inbox", "letters", "me", "organisations", "people", "plans", "sign_in"]
