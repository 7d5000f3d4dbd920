"""The forms of the programme's own house, as the page of one act shows them (app/acts.py)."""

from collections.abc import Sequence
from typing import Any

from app.acts import Act, Field
from app.erc_tcs.queries import REPRESENTATION
from app.people import ORGANISATION_KINDS, Organisation, User
from app.programme.actions.organisations import KIND_WORDS
from app.programme.actions.people import ROLE_KINDS
from app.programme.schemas import PRIVATE_AND_STATE_KINDS

ACCOUNT_KIND_WORDS = {
    "general": ("General", "Anybody but a verifier or auditor; the primary representative acts for it."),
    "compliance": ("Compliance", "The owner or operator of affected EGUs; its designated representative acts for it."),
    "holding": ("Holding", "The state; it names a responsible official."),
    "origination": ("Origination", "The state; ERCs are created here. One a state."),
    "surrender": ("Surrender", "The state; ERCs used for compliance end here. One a state."),
    "retirement": ("Retirement", "The state; ERCs retired voluntarily end here. One a state."),
    "cancellation": ("Cancellation", "The state; invalid ERCs end here. One a state."),
}
CLOSING_WORDS = (
    "On the holder's request, or after a year without activity, with notice and 20 business days to object. An account that still has ERCs is not closed."
)
CERTIFICATE_WORDS = f"The certificate of representation of a facility, signed by the person, must say: {REPRESENTATION}"
LEAVING_WORDS = (
    "Every sign-in, API token and open link of this person ends at once. What the person holds passes on to the colleague whom you name; without"
    " one, claimed matters are free to claim."
)


def options(rows: Sequence[Any], none: str = "Choose one") -> list[tuple[str, str]]:
    """Organisations or people as the choices of a field, a person with the organisation."""
    return [("", none), *((str(row.id), f"{row.name}, {row.organisation.name}" if isinstance(row, User) else row.name) for row in rows)]


def token() -> Act:
    return Act(
        title="Make an API token",
        words="A program that sends it as a bearer token does what you may, until you end it. Its text is shown once, on the next page; only a hash is kept.",
        path="/me/tokens",
        back="/me",
        submit="Make the token",
        rule="1.19",
        fields=(
            Field("label", "What it is for", help="For you, to tell your tokens apart: the name of the program or computer.", required=True),
            Field("expires_on", "Last day", "date", help="In force to the end of this day (UTC). Leave it empty to have it work until you end it."),
        ),
    )


def invitation(organisations: Sequence[Organisation]) -> Act:
    roles = [(role, role.capitalize(), f"In an organisation of the kind {' or '.join(kinds).replace('_', ' ')}.") for role, kinds in ROLE_KINDS.items()]
    return Act(
        title="Invite a person",
        words="The person gets a mail with a link that works once, for 14 days, to choose a password and accept the electronic-signature agreement.",
        path="/people",
        back="/people",
        submit="Send the invitation",
        rule="1.22",
        fields=(
            Field("name", "Name", required=True),
            Field(
                "email", "E-mail address", "email", help="The person signs in with it. Prove who the person is before you invite.", rule="1.19", required=True
            ),
            Field("organisation_id", "Organisation", "select", options=options(organisations), required=True),
            Field(
                "role",
                "Role",
                "radios",
                options=roles,
                help="A role is never changed; for another role, invite anew with another address.",
                rule="1.3",
                required=True,
            ),
        ),
    )


def leaving(person: User, held: dict[str, Any], colleagues: Sequence[User]) -> Act:
    accounts = ", ".join(f"{one['number']} ({one['representative_kind']})" for one in held["accounts"])
    return Act(
        title=f"{person.name} leaves",
        words=LEAVING_WORDS,
        path=f"{person.path}/leaving",
        back=person.path,
        submit="Let this person leave",
        rule="1.19",
        look="secondary",
        warning="Everything signed or decided in this person's name stays in history under it, and stays binding.",
        facts=(("Claimed matters under review", held["claimed"]), ("Accounts", accounts or "none")),
        fields=(
            Field(
                "passes_to_id",
                "Passes on to",
                "select",
                options=options(colleagues, "Nobody"),
                help=f"A {person.role} of {person.organisation.name}.",
                rule="1.10",
            ),
        ),
    )


def new_organisation() -> Act:
    return Act(
        title="Add an organisation",
        words="A party of the programme: people are invited into it, and accounts are opened for it.",
        path="/organisations",
        back="/organisations",
        submit="Add the organisation",
        rule="1.1",
        fields=(
            Field("name", "Name", help="As it is registered; it is unique and public.", required=True),
            Field("kind", "Kind", "radios", options=[(kind, KIND_WORDS[kind]) for kind in ORGANISATION_KINDS], required=True),
            Field("state", "State", help="Two letters, such as MN: where it is seated; for a state agency, the state that it acts for."),
            Field("address", "Address", "textarea"),
            Field("public_body", "It is a public body", "checkbox"),
        ),
    )


def closing_organisation(organisation: Organisation) -> Act:
    return Act(
        title=f"Close {organisation.name}",
        words="Nobody can be invited into a closed organisation. Its people must have left and its accounts must be closed; its history stays.",
        path=f"{organisation.path}/closing",
        back=organisation.path,
        submit="Close the organisation",
        rule="1.18",
        look="secondary",
        fields=(Field("reason", "Reason", "textarea", required=True),),
    )


def new_account(organisations: Sequence[Organisation], people: Sequence[User], state: str) -> Act:
    kinds = [(kind, *ACCOUNT_KIND_WORDS[kind]) for kind in PRIVATE_AND_STATE_KINDS]
    persons = options(people, "Nobody")
    return Act(
        title="Open an account",
        words="For a private account, have the certificate of representation or the application for a general account at hand, and prove who the person is.",
        path="/accounts",
        back="/accounts",
        submit="Open the account",
        rule="1.9",
        fields=(
            Field("account_kind", "Kind", "radios", options=kinds, rule="1.6", required=True),
            Field("name", "Name of the account", required=True),
            Field("organisation_id", "Holder", "select", options=options(organisations), required=True),
            Field("state", "State of the programme", value=state, help="Two letters, such as MN.", required=True),
            Field(
                "representative_user_id",
                "Primary representative",
                "select",
                options=persons,
                help=f"For a private account: one natural person. {CERTIFICATE_WORDS}",
                rule="1.10",
            ),
            Field("responsible_official", "Responsible official", help="Needed for a state's account.", rule="1.23"),
        ),
    )


def naming(account: Any, people: Sequence[User], administers: bool) -> Act:
    principals = [("primary", "Primary", "One; only after the present one has ended."), ("alternate", "Alternate", "At most one.")] if administers else []
    kinds = [*principals, ("agent", "Agent", "Acts for the representatives, as long as one of them stays.")]
    return Act(
        title=f"Name who acts for account {account.number}",
        words="The person's acts within the account bind its holder from now on. Earlier acts of others stay binding.",
        path=f"{account.path}/representatives",
        back=f"{account.path}/representatives",
        submit="Name this person",
        rule="1.10",
        warning=CERTIFICATE_WORDS if administers and account.account_kind == "compliance" else "",
        fields=(
            Field("user_id", "Person", "select", options=options(people), required=True),
            Field("representative_kind", "As", "radios", options=kinds, rule="1.17", required=True),
        ),
    )


def ending(account: Any, named: Any) -> Act:
    return Act(
        title=f"{named.user.name} no longer acts for account {account.number}",
        words="From now on the person's acts do not bind the holder; earlier ones do. When no representative is left, the agents end too.",
        path=f"{account.path}/representatives/{named.id}/ending",
        back=f"{account.path}/representatives",
        submit="End it",
        rule="1.14",
        look="secondary",
        facts=(("As", named.representative_kind), ("Since", named.began_at.date().isoformat())),
        fields=(Field("reason", "Reason", "textarea"),),
    )


def closing_account(account: Any, held: dict[str, int]) -> Act:
    contents = ", ".join(f"{quantity:,} {status}" for status, quantity in held.items() if quantity)
    return Act(
        title=f"Close account {account.number}",
        words=CLOSING_WORDS,
        path=f"{account.path}/closing",
        back=account.path,
        submit="Close the account",
        rule="1.18",
        look="secondary",
        facts=(("Name", account.name), ("Holder", account.organisation.name), ("ERCs in it", contents or "none")),
        fields=(Field("reason", "On whose request, or why", "textarea", required=True),),
    )
