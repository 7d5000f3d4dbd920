"""What the programme's own house can do: organisations, people, sign-in, tokens, accounts and the versions of the state plan (rules 1.1 to 1.23).

HASHER stands here so that an installation, or a test, can put another one in its place.
"""

from argon2 import PasswordHasher

HASHER = PasswordHasher()

from app.programme.actions.accounts import close_account, give_closing_notice, object_to_closing  # noqa: E402
from app.programme.actions.agents import Authority, end_grant, grant_authority  # noqa: E402
from app.programme.actions.leaving import leave  # noqa: E402
from app.programme.actions.notices import read_all_notices, read_notice  # noqa: E402
from app.programme.actions.organisations import add_organisation, close_organisation  # noqa: E402
from app.programme.actions.people import (  # noqa: E402
    accept_invitation,
    ask_password_reset,
    change_password,
    invite,
    renew_invitation,
    reset_password,
    send_password_reset,
)
from app.programme.actions.plans import add_plan  # noqa: E402
from app.programme.actions.sign_ins import attempt, end_sign_in, sign_in, sign_out  # noqa: E402
from app.programme.actions.tokens import end_token, make_token  # noqa: E402

__all__ = [
    "HASHER",
    "Authority",
    "PasswordHasher",
    "accept_invitation",
    "add_organisation",
    "add_plan",
    "ask_password_reset",
    "attempt",
    "change_password",
    "close_account",
    "close_organisation",
    "end_grant",
    "end_sign_in",
    "end_token",
    "give_closing_notice",
    "grant_authority",
    "invite",
    "leave",
    "make_token",
    "object_to_closing",
    "read_all_notices",
    "read_notice",
    "renew_invitation",
    "reset_password",
    "send_password_reset",
    "sign_in",
    "sign_out",
]
