"""The life of one credit and the functional statement in words (rule 10.16), and the API description as a person reads it."""

from typing import Any

STEPS: list[dict[str, str]] = [
    {
        "title": "Somebody builds or saves",
        "words": "A wind farm is built, a nuclear plant is uprated, a city insulates its schools. Each new megawatt-hour of clean energy, or each one"
        " not used, can earn one emission rate credit (ERC).",
        "rule": "9.1",
        "path": "/resources",
    },
    {
        "title": "The provider applies",
        "words": "The provider describes the resource and how its MWh will be measured: the EM&V plan. An accredited, independent verifier looks at"
        " both before the state does.",
        "rule": "3.6",
        "path": "/applications",
    },
    {
        "title": "The state decides on eligibility",
        "words": "A reviewer recommends, a second one decides. An approval makes the resource a qualified one; a denial says which fact failed which"
        " rule, and what would cure it.",
        "rule": "8.1",
        "path": "/decisions",
    },
    {
        "title": "The MWh are metered and verified",
        "words": "The provider files an M&V report with the meter readings. The verifier checks it; the MWh that it verifies are the most that can"
        " become ERCs.",
        "rule": "6.6",
        "path": "/mv-reports",
    },
    {
        "title": "ERCs are issued",
        "words": "Again two people decide. Each whole MWh becomes one ERC with a serial that names state, year, resource and report. The fraction is"
        " carried to the next report, never rounded up.",
        "rule": "9.4",
        "path": "/issuances",
    },
    {
        "title": "They move",
        "words": "ERCs are transferred between accounts, whole or in part, all or nothing. Every movement is a line that nobody can change.",
        "rule": "11.8",
        "path": "/transactions",
    },
    {
        "title": "A power plant surrenders them",
        "words": "An affected unit adds the surrendered MWh to its own when its emission rate is tested. A surrendered ERC is never used again."
        " Others retire ERCs voluntarily.",
        "rule": "12.1",
        "path": "/affected-egus",
    },
    {
        "title": "If something was wrong",
        "words": "ERCs found invalid are cancelled wherever they are, with the public reason. A unit that surrendered them owes valid ones in their place.",
        "rule": "12.16",
        "path": "/proposals",
    },
    {
        "title": "Anybody can check",
        "words": "From any serial one reaches every paper behind it, and a proof that its history stands in the signed public log.",
        "rule": "10.2",
        "path": "/log",
    },
]

FUNCTIONS: list[dict[str, str]] = [
    {"function": "Accounts and representatives", "words": "Opens accounts of seven kinds and keeps who may act for them.", "rule": "1.6", "path": "/accounts"},
    {
        "function": "Applications",
        "words": "Takes, checks, reviews and decides eligibility applications with their EM&V plans.",
        "rule": "8.1",
        "path": "/applications",
    },
    {"function": "Documents", "words": "Keeps every document under its checksum; what was submitted is never removed.", "rule": "3.16", "path": "/resources"},
    {"function": "Verifiers", "words": "Keeps accreditations, tests independence, records verification reports.", "rule": "7.1", "path": "/verifiers"},
    {
        "function": "State agents",
        "words": "Keeps what a state vested its agents with, and refuses acts outside it.",
        "rule": "1.2",
        "path": "/state-agents",
    },
    {"function": "M&V reports", "words": "Reads meter data, computes creditable MWh with every step shown.", "rule": "5.18a", "path": "/mv-reports"},
    {"function": "Issuance", "words": "Mints serialized ERCs on a decision of two people.", "rule": "9.6", "path": "/issuances"},
    {"function": "Transfers", "words": "Records transfers, offers, retirements; all or nothing, once.", "rule": "10.1", "path": "/transactions"},
    {"function": "Compliance", "words": "Shows each affected EGU what it needs, has and misses; records surrenders.", "rule": "10.7", "path": "/affected-egus"},
    {
        "function": "Holds, cancellation and correction",
        "words": "Freezes and cancels ERCs issued in error or by misstatement, and puts account errors right with notice to both sides.",
        "rule": "10.5",
        "path": "/ercs?status=cancelled",
    },
    {"function": "Public trace", "words": "Shows everything behind each ERC without login, with proof and as a package.", "rule": "10.3", "path": "/ercs"},
    {"function": "Audit trail", "words": "Writes one event for each act, sealed in a signed, append-only public log.", "rule": "10.13", "path": "/log"},
    {
        "function": "Figures and data sets",
        "words": "Shows what the programme amounts to, now and by month, as charts, a map and tables, and gives every public list in one file.",
        "rule": "10.18",
        "path": "/data",
    },
    {"function": "Data for all", "words": "Gives every list as a page, JSON and CSV at the same address.", "rule": "14.8", "path": "/api"},
]


PARTS = {
    "docket": "Lists, traces and search",
    "programme": "People and state plans",
    "issuance": "Issuance and cancellation",
    "compliance": "Affected EGUs",
    "mv_reports": "M&V reports",
    "eligibility": "Applications and resources",
    "verifiers": "Verifiers",
    "erc_tcs": "Accounts and ERCs",
    "documents": "Documents",
}
"""What each domain answers for, in words."""


def operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    """The operations by the domain that answers them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                groups.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, described))
    return [{"name": PARTS[name], "operations": found} for name, found in groups.items()]


def _operation(path: str, method: str, operation: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    answers = [answer for status, answer in operation["responses"].items() if status != "4XX"]
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "audience": operation["description"].removeprefix("For: ").rstrip("."),
        "fields": _fields(operation, described),
        "formats": sorted({kind for answer in answers for kind in answer.get("content", {})}),
    }


def _fields(operation: dict[str, Any], described: dict[str, Any]) -> list[str]:
    """The names of what it takes, from the query or the body."""
    names = [one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        reference = content["schema"].get("$ref", "").rpartition("/")[2]
        names += described["components"]["schemas"].get(reference, {}).get("properties", {})
    return list(dict.fromkeys(names))
