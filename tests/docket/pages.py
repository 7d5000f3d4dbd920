"""The address of every page of the reading room, in the story of conftest."""

from types import SimpleNamespace


def addresses(story: SimpleNamespace) -> dict[str, str]:
    """By a name that a failing test can be read by."""
    world = story.world
    return {
        "home": "/",
        "trace of one": f"/ercs/{story.serials.split('..')[0]}",
        "trace of a range": f"/ercs/{story.serials}",
        "trace of a cancelled one": f"/ercs/{story.cancelled}",
        "trace of held ones": f"/ercs/{story.held_serials}",
        "trace of a unit's": f"/ercs/{story.unit_serial}",
        "application": story.application.path,
        "denied application": story.denied.path,
        "returned application": story.returned.path,
        "recommended application": story.recommended.path,
        "new version": story.version.path,
        "draft": story.draft.path,
        "asked application": story.asked.path,
        "report": story.report.path,
        "corrected report": story.bad_report.path,
        "report under review": story.open_report.path,
        "resource": story.resource.path,
        "verifier": f"/verifiers/{world.verification_body.id}",
        "engagement": story.engagement.path,
        "verification report": story.verification_report.path,
        "open proposal": story.open_proposal.path,
        "confirmed proposal": story.proposal.path,
        "issuance": f"/issuances/{story.issuance.id}",
        "unit's issuance": f"/issuances/{story.unit_issuance.id}",
        "general account": world.general_account.path,
        "compliance account": world.compliance_account.path,
        "cancellation account": world.cancellation_account.path,
        "transaction": f"/transactions/{story.transaction.number}",
        "hold": f"/holds/{story.hold.id}",
        "offer": story.offer.path,
        "unit": story.egu.path,
        "emissions record": story.record.path,
        "filed record": story.owing.path,
        "surrender": story.surrender.path,
        **{f"list of {name}": f"/{name}" for name in LISTS},
        "queue": "/queue",
        "search": "/search?q=bufalo ridge",
        "log": "/log",
        "heads": "/log/heads",
        "proof": f"/log/proof/{story.event.id}",
        "system": "/system",
        "glossary": "/glossary",
        "rules": "/rules",
        "problems": "/problems",
        "kind of refusal": "/problems/wrong-state",
        "api": "/api",
        "about": "/about",
    }


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
    "proposals",
    "engagements",
    "events",
)
