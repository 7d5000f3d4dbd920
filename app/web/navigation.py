"""The header's links: what each kind of visitor comes for, in the order of their wishes."""

from flask import request

EVERYBODY = (("ERCs", "/ercs"), ("Resources", "/resources"), ("M&V reports", "/mv-reports"), ("Decisions", "/decisions"))

LINKS: dict[str, tuple[tuple[str, str], ...]] = {
    "public": (*EVERYBODY, ("Accounts", "/accounts"), ("Verifiers", "/verifiers")),
    "provider": (("My work", "/"), ("Applications", "/applications"), ("M&V reports", "/mv-reports"), ("Accounts", "/accounts"), ("ERCs", "/ercs")),
    "verifier": (("My engagements", "/engagements"), ("Verifiers", "/verifiers"), ("Resources", "/resources"), ("ERCs", "/ercs")),
    "reviewer": (("My work", "/"), ("Queue", "/queue"), ("Proposals", "/proposals"), *EVERYBODY, ("Accounts", "/accounts"), ("Verifiers", "/verifiers")),
    "representative": (("Compliance", "/"), ("Accounts", "/accounts"), ("Affected EGUs", "/affected-egus"), ("ERCs", "/ercs")),
    "administrator": (
        ("People", "/people"),
        ("Organisations", "/organisations"),
        ("Accounts", "/accounts"),
        ("Proposals", "/proposals"),
        ("Accreditations", "/verifiers"),
        ("State plan", "/state-plans"),
        ("Health", "/system"),
    ),
    "auditor": (("Event log", "/events"), ("Queue", "/queue"), *EVERYBODY, ("Accounts", "/accounts"), ("Health", "/system")),
}


def links(role: str) -> list[dict[str, object]]:
    """The links of a role, with the one marked that the visitor is on."""
    here = request.path
    return [{"label": label, "url": url, "current": here == url or (url != "/" and here.startswith(f"{url}/"))} for label, url in LINKS[role]]
