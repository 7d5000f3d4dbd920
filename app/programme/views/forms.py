"""The forms of the programme's own house, as the page of one act shows them (app/acts.py)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.acts import Act, Field
from app.agency import SCOPE_WORDS, AgentGrant
from app.amounts import day_in_words
from app.erc_tcs.actions import STATEMENTS
from app.erc_tcs.flows import SUBMISSIONS
from app.erc_tcs.queries import DELEGATION, REPRESENTATION
from app.people import ORGANISATION_KINDS, Organisation, User
from app.programme.actions.accounts import GROUNDS
from app.programme.actions.organisations import KIND_WORDS
from app.programme.actions.passwords import LEAST
from app.programme.actions.people import ROLE_KINDS
from app.programme.schemas.accounts import PRIVATE_AND_STATE_KINDS

SCOPE_HELP = {
    "administrative": "Takes up, claims, notes, and returns what is incomplete.",
    "review": "Also recommends, denies or rejects, holds ERCs, and proposes to cancel or suspend.",
    "issuance": "Also decides as the second person: approves, issues, confirms, deducts.",
}
ACCOUNT_KIND_WORDS = {
    "general": ("General", "Anybody but a verifier or auditor; the primary representative acts for it."),
    "compliance": ("Compliance", "The owner or operator of affected EGUs; its designated representative acts for it."),
    "holding": ("Holding", "The state; it names a responsible official."),
    "origination": ("Origination", "The state; ERCs are created here. One a state."),
    "surrender": ("Surrender", "The state; ERCs used for compliance end here. One a state."),
    "retirement": ("Retirement", "The state; ERCs retired voluntarily end here. One a state."),
    "cancellation": ("Cancellation", "The state; invalid ERCs end here. One a state."),
}
CLOSING_WORDS = "An account that still has ERCs is not closed. Its number is never used again."
CERTIFICATE_WORDS = f"The certificate of representation of a facility, signed by the person, must say: {REPRESENTATION}"
LEAVING_WORDS = (
    "Every sign-in, API token and open link of this person ends at once. What the person holds passes on to the colleague whom you name; without"
    " one, claimed matters are free to claim."
)


def options(rows: Sequence[Any], none: str = "Choose one") -> list[tuple[str, str]]:
    """Organisations or people as the choices of a field, a person with the organisation."""
    return [("", none), *((str(row.id), f"{row.name}, {row.organisation.name}" if isinstance(row, User) else row.name) for row in rows)]


def password() -> Act:
    return Act(
        title="Change your password",
        words="Every other browser in which you are signed in is signed out. API tokens stay; end those that somebody else may know.",
        path="/me/password",
        back="/me",
        submit="Change the password",
        rule="1.19",
        fields=(
            Field("old_password", "Present password", "password", required=True),
            Field("password", "New password", "password", help=f"At least {LEAST} characters; a few words in a row are good.", required=True),
        ),
    )


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


def invitation(organisations: Sequence[Organisation], organisation_id: str = "") -> Act:
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
            Field("organisation_id", "Organisation", "select", value=organisation_id, options=options(organisations), required=True),
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
            Field(
                "state", "State", help="Two letters, such as MN: where it is seated; for a state agency and an agent of a state, the state that it acts for."
            ),
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


def new_grant(organisation: Organisation) -> Act:
    """What the state vests its agent with, as the paper says that gives it."""
    standing = [(one.title, one.words) for one in organisation.grants if one.status in ("in_force", "not_begun")]
    return Act(
        title=f"Grant authority to {organisation.name}",
        words="Its reviewers act for the state as far as the grant goes; what goes further is refused. A grant is never changed: end it and enter another.",
        path=f"{organisation.path}/grants",
        back=organisation.path,
        back_title=organisation.name,
        submit="Enter the grant",
        rule="1.2",
        warning="" if organisation.organisation_kind == "state_agent" else "Only an organisation of the kind “agent of a state” can be granted authority.",
        facts=(("Acts for", organisation.state), *standing),
        fields=(
            Field(
                "scope",
                "How far it goes",
                "radios",
                options=[(scope, SCOPE_WORDS[scope].capitalize(), SCOPE_HELP[scope]) for scope in SCOPE_WORDS],
                required=True,
            ),
            Field("instrument", "Instrument", help="The law, order or agreement that gives the authority. It is printed with each decision.", required=True),
            Field("from_on", "First day", "date", help="In force from the beginning of this day (UTC).", required=True),
            Field("until_on", "Last day", "date", help="In force to the end of this day (UTC). Leave it empty when the instrument names none."),
        ),
    )


def ending_grant(granted: AgentGrant) -> Act:
    return Act(
        title=f"End the grant to {granted.organisation.name}",
        words="The agent's reviewers can do nothing under it any more, at once. What they did stays binding.",
        path=f"/state-agents/{granted.id}/ending",
        back=granted.organisation.path,
        back_title=granted.organisation.name,
        submit="End the grant",
        rule="1.2",
        look="secondary",
        warning="It has ended already." if granted.ended_at else "",
        facts=(
            ("Goes as far as", SCOPE_WORDS[granted.scope]),
            ("Instrument", granted.instrument),
            ("From", day_in_words(granted.from_on)),
            ("Until", day_in_words(granted.until_on) if granted.until_on else ""),
        ),
        fields=(Field("reason", "Reason", "textarea", help="It is public.", required=True),),
    )


def new_account(organisations: Sequence[Organisation], people: Sequence[User], state: str, organisation_id: str = "") -> Act:
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
            Field("organisation_id", "Holder", "select", value=organisation_id, options=options(organisations), required=True),
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
            Field("scope", "What an agent may do", "checkboxes", options=list(SUBMISSIONS.items()), rule="1.17", help=f"For an agent only. {DELEGATION}"),
        ),
    )


def delegation(account: Any, named: Any) -> Act:
    """A new notice of delegation for one agent, in place of the one before."""
    return Act(
        title=f"What {named.user.name} may do for account {account.number}",
        words=DELEGATION,
        path=f"{account.path}/representatives/{named.id}/scope",
        back=f"{account.path}/representatives",
        submit="Sign the new delegation",
        rule="1.17",
        warning="" if named.representative_kind == "agent" and named.ended_at is None else "This person is no agent who acts for the account now.",
        fields=(Field("scope", "What the agent may do", "checkboxes", options=list(SUBMISSIONS.items()), value=named.scope, rule="1.17", required=True),),
    )


def certificate(account: Any, people: Sequence[Any]) -> Act:
    """A certificate of representation, as it is entered from the paper."""
    named = [(f"{one.representative_kind.capitalize()} representative", f"{one.user.name}, {one.user.email}") for one in people]
    return Act(
        title=f"Enter a certificate of representation for account {account.number}",
        words="Only a complete certificate is entered. It stands until a superseding one arrives; what was done before stays binding.",
        path=f"{account.path}/certificate",
        back=account.path,
        submit="Enter the certificate",
        rule="1.13",
        facts=[*named, ("It must say", REPRESENTATION)],
        fields=(
            Field("facility_and_units", "Facility and each unit", "textarea", rule="1.11", required=True),
            Field("owners_and_operators", "Owners and operators", "textarea", help="One a line.", rule="1.11", required=True),
            Field("representative_contact", "Address and telephone of the representative", "textarea", rule="1.11", required=True),
            Field("alternate_contact", "Address and telephone of the alternate", "textarea", help="Needed when the account has an alternate."),
            *(Field(name, words, "checkbox", rule="1.11", required=True) for name, words in STATEMENTS.items()),
            Field("signed_on", "Signed on", "date", required=True),
        ),
    )


def ownership(account: Any) -> Act:
    """The owner's list of who has an interest in the ERCs."""
    return Act(
        title=f"Who has an interest in the ERCs of account {account.number}",
        words="You keep this list. Your own people, the state and auditors read it; the public does not.",
        path=f"{account.path}/ownership-interests",
        back=account.path,
        submit="Save the list",
        rule="1.21",
        fields=(Field("parties", "Parties", "textarea", value="\n".join(account.ownership_interests), help="One a line, with the share where it is known."),),
    )


def closing_notice(account: Any, held: dict[str, int], idle_on: date) -> Act:
    """Notice that an account in which nothing moved for a year will be closed."""
    contents = ", ".join(f"{quantity:,} {status}" for status, quantity in held.items() if quantity)
    return Act(
        title=f"Give notice of closing account {account.number}",
        words="For an account without ERCs in which nothing moved for a year. Its representatives have 20 business days to object; ERCs that come in end it.",
        path=f"{account.path}/closing-notice",
        back=account.path,
        submit="Give notice",
        rule="1.18",
        facts=(("Holder", account.organisation.name), ("Nothing moved since", day_in_words(idle_on)), ("ERCs in it", contents or "none")),
    )


def closing_objection(account: Any) -> Act:
    """A representative objects to the closing."""
    return Act(
        title=f"Object to the closing of account {account.number}",
        words="The account stays open.",
        path=f"{account.path}/closing-objection",
        back=account.path,
        submit="Object",
        rule="1.18",
        fields=(Field("reason", "Why it is to stay open", "textarea", required=True),),
    )


def ending(account: Any, named: Any, since: date) -> Act:
    return Act(
        title=f"{named.user.name} no longer acts for account {account.number}",
        words="From now on the person's acts do not bind the holder; earlier ones do. When no representative is left, the agents end too.",
        path=f"{account.path}/representatives/{named.id}/ending",
        back=f"{account.path}/representatives",
        submit="End it",
        rule="1.14",
        look="secondary",
        facts=(("As", named.representative_kind), ("Since", day_in_words(since))),
        fields=(Field("reason", "Reason", "textarea"),),
    )


def closing_account(account: Any, held: dict[str, int], noticed_on: date | None) -> Act:
    contents = ", ".join(f"{quantity:,} {status}" for status, quantity in held.items() if quantity)
    return Act(
        title=f"Close account {account.number}",
        words=CLOSING_WORDS,
        path=f"{account.path}/closing",
        back=account.path,
        submit="Close the account",
        rule="1.18",
        look="secondary",
        facts=(
            ("Name", account.name),
            ("Holder", account.organisation.name),
            ("ERCs in it", contents or "none"),
            ("Notice of closing", day_in_words(noticed_on) if noticed_on else "none given"),
        ),
        fields=(
            Field("ground", "Ground", "radios", options=list(GROUNDS.items()), value="request", rule="1.18", required=True),
            Field("reason", "On whose request, or why", "textarea", required=True),
        ),
    )
