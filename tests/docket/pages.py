"""The address of every page of the reading room, in the story of conftest."""

from collections.abc import Callable
from types import SimpleNamespace

LISTS = (
    "resources",
    "applications",
    "mv-reports",
    "decisions",
    "issuances",
    "ercs",
    "accounts",
    "transactions",
    "affected-egus",
    "verifiers",
    "state-agents",
    "proposals",
    "engagements",
    "events",
)

PAGES: dict[str, Callable[[SimpleNamespace], str]] = {
    "home": lambda _: "/",
    "trace of one": lambda story: f"/ercs/{story.serials.split('..')[0]}",
    "trace of a range": lambda story: f"/ercs/{story.serials}",
    "trace of a cancelled one": lambda story: f"/ercs/{story.cancelled}",
    "trace of held ones": lambda story: f"/ercs/{story.held_serials}",
    "trace of a unit's": lambda story: f"/ercs/{story.unit_serial}",
    "application": lambda story: story.application.path,
    "denied application": lambda story: story.denied.path,
    "returned application": lambda story: story.returned.path,
    "recommended application": lambda story: story.recommended.path,
    "new version": lambda story: story.version.path,
    "draft": lambda story: story.draft.path,
    "asked application": lambda story: story.asked.path,
    "report": lambda story: story.report.path,
    "corrected report": lambda story: story.bad_report.path,
    "report under review": lambda story: story.open_report.path,
    "resource": lambda story: story.resource.path,
    "verifier": lambda story: f"/verifiers/{story.world.verification_body.id}",
    "engagement": lambda story: story.engagement.path,
    "verification report": lambda story: story.verification_report.path,
    "open proposal": lambda story: story.open_proposal.path,
    "confirmed proposal": lambda story: story.proposal.path,
    "issuance": lambda story: f"/issuances/{story.issuance.id}",
    "unit's issuance": lambda story: f"/issuances/{story.unit_issuance.id}",
    "general account": lambda story: story.world.general_account.path,
    "compliance account": lambda story: story.world.compliance_account.path,
    "cancellation account": lambda story: story.world.cancellation_account.path,
    "transaction": lambda story: f"/transactions/{story.transaction.number}",
    "hold": lambda story: f"/holds/{story.hold.id}",
    "offer": lambda story: story.offer.path,
    "unit": lambda story: story.egu.path,
    "emissions record": lambda story: story.record.path,
    "filed record": lambda story: story.owing.path,
    "surrender": lambda story: story.surrender.path,
    **{f"list of {name}": lambda _, name=name: f"/{name}" for name in LISTS},
    "data": lambda _: "/data",
    "queue": lambda _: "/queue",
    "search": lambda _: "/search?q=bufalo ridge",
    "log": lambda _: "/log",
    "heads": lambda _: "/log/heads",
    "proof": lambda story: f"/log/proof/{story.event.id}",
    "growth": lambda _: "/log/growth/5",
    "system": lambda _: "/system",
    "glossary": lambda _: "/glossary",
    "rules": lambda _: "/rules",
    "problems": lambda _: "/problems",
    "kind of refusal": lambda _: "/problems/wrong-state",
    "api": lambda _: "/api",
    "about": lambda _: "/about",
}
"""By a name that a failing test can be read by."""


def addresses(story: SimpleNamespace) -> dict[str, str]:
    return {name: address(story) for name, address in PAGES.items()}
