"""The words of the programme's own mails: invitations, password resets, and word of changes to one's own account (rule 10.12).

They go to one person and not to an organisation, and the first two carry a secret, so they are no event's promise.
"""

from app.people import User
from app.promises import address


def link_path(purpose: str, token: str) -> str:
    return {"invitation": f"/invitations/{token}", "password_reset": f"/password-resets/{token}"}[purpose]


def link_mail(user: User, purpose: str, token: str) -> tuple[str, str]:
    """Subject and words of the mail that carries a one-time link."""
    link = address(link_path(purpose, token))
    if purpose == "invitation":
        return (
            "Your invitation to ERC Docket",
            f"{user.name},\n\nyou are invited to ERC Docket as {user.role} of {user.organisation.name}.\n\n"
            f"Open this link to choose a password and to accept the electronic-signature agreement:\n\n{link}\n\n"
            "It works once, for 14 days. If it has run out, ask the programme's administrator for a new one.\n",
        )
    return (
        "A new password for ERC Docket",
        f"{user.name},\n\nsomebody, probably you, asked for a new password for this address.\n\nOpen this link to choose one:\n\n{link}\n\n"
        "It works once, for 2 hours. If you did not ask for it, do nothing: your password stays as it is.\n",
    )


def password_changed(user: User) -> tuple[str, str]:
    return (
        "Your password for ERC Docket was changed",
        f"{user.name},\n\nyour password was changed by a link sent to this address; every earlier sign-in and API token has ended.\n\n"
        f"If this was not you, ask for another link at once: {address('/password-resets')}\n",
    )


def password_changed_by_oneself(user: User) -> tuple[str, str]:
    return (
        "Your password for ERC Docket was changed",
        f"{user.name},\n\nyour password was changed by somebody who knew the old one; every other sign-in has ended.\n\n"
        f"If this was not you, ask for a link to set another one at once: {address('/password-resets')}\n",
    )


def account_made(user: User) -> tuple[str, str]:
    return (
        "Welcome to ERC Docket",
        f"{user.name},\n\nyour account as {user.role} of {user.organisation.name} is open,"
        " and your acceptance of the electronic-signature agreement is on file.\n\n"
        f"Sign in: {address('/sign-in')}\n",
    )
