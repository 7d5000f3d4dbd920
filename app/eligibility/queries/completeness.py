"""What an application still lacks, item by item, before a verifier is engaged and before it is submitted (rules section 3).

An item that cannot be had may be stated as such with the reason: it no longer stops the submission, and the state is told that it is missing.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app.eligibility.criteria import HostKind, PlanParameters, ResourceFacts, Verdict, is_aggregate
from app.eligibility.criteria.efficiency import interval_breach
from app.eligibility.criteria.geography import needed_proofs, verdict
from app.eligibility.models import Application
from app.eligibility.queries.dossier import Dossier, dossier
from app.eligibility.queries.facts import number, parameters, resource_facts, type_code
from app.eligibility.queries.form import APPLICATION_FORM, PAPERS, SITE_SAVINGS, UPRATES
from app.eligibility.queries.plan_form import PLAN_FORM
from app.eligibility.queries.sections import FormField, fields_of

Item = dict[str, str]
VERIFICATION = "3.6"
PUBLIC_COPY = "public copy of "
ITEMS = {
    "account": "Your general account",
    **{field.name: field.label for form in (APPLICATION_FORM, PLAN_FORM) for field in fields_of(form)},
    **{kind: f"Document: {words}" for kind, words in PAPERS.items()},
}
"""Every item that can be missing, in words, but the public copies, which are named by what they are of."""
FORMS = {"facts": APPLICATION_FORM, "emv-plan": PLAN_FORM}
"""What is filled in by sections, by the last word of its address."""
ASKED_AT = {field.name: f"{page}/{section.key}#field-{field.name}" for page, form in FORMS.items() for section in form for field in section.fields}
"""Where each field is answered: the section's page and the field on it, below the application's address."""


def missing(session: Session, application: Application) -> list[Item]:
    """Everything that stops the submission: the item's rule number (`code`), its key, the words, and the address of the page that cures it."""
    return missing_of(dossier(session, application))


def missing_of(found: Dossier) -> list[Item]:
    stated = stated_gaps(found.application)
    return [one for one in all_missing(found) if one["key"] not in stated]


def gap_options(found: Dossier) -> list[tuple[str, str]]:
    """The items that a provider can say cannot be had, with their words: what is missing now, and what was stated already."""
    missing_now = {one["key"]: one["words"] for one in all_missing(found) if one["key"] != "verification"}
    return list(({key: item_words(key) for key in stated_gaps(found.application)} | missing_now).items())


def item_words(key: str) -> str:
    """An item of the checklist in words; its key where it is no item."""
    return ITEMS.get(key, key)


def is_item(key: str) -> bool:
    """Whether the checklist can ever name this item."""
    return key in ITEMS or key.startswith(PUBLIC_COPY)


def stated_gaps(application: Application) -> dict[str, str]:
    """Items that the provider says cannot be had, with the reason; a verification report can always be had."""
    rows: list[dict[str, str]] = application.facts.get("unavailable") or []
    return {row["item"]: row["reason"] for row in rows if row.get("item") and row.get("reason") and row["item"] != "verification"}


def all_missing(found: Dossier) -> list[Item]:
    """Every item that is not there, stated or not, in the order of the rule."""
    application = found.application
    items = [
        *_account(found),
        *_form(application),
        *_plan(found),
        *_frequency(found),
        *_interval(found),
        *_verification(found),
        *_papers(found),
        *_conditional(found),
    ]
    return sorted(items, key=lambda one: [int(part) for part in one["code"].split(".")])


def for_engagement(items: list[Item]) -> list[Item]:
    """What stops the engagement of a verifier: everything but the verifier's own report."""
    return [one for one in items if one["code"] != VERIFICATION]


def _item(application: Application, code: str, key: str, words: str, page: str) -> Item:
    return {"code": code, "key": key, "words": words, "rule": code, "path": f"{application.path}/{page}"}


def _account(found: Dossier) -> Iterator[Item]:
    if found.account_id is None:
        words = "Your organisation has no general account to receive the ERCs. Ask the administrator to open one."
        yield {"code": "3.1", "key": "account", "words": words, "rule": "3.1", "path": "/accounts"}


def element_of(field: FormField) -> str:
    """The element of section 3 under which a field is missing; fields that serve a test of section 2 are evidence for it (rule 3.3)."""
    return field.rule if field.rule.startswith("3.") else "3.3"


def answered(field: FormField, value: Any) -> bool:
    """A box must be ticked; of yes and no, either answers."""
    return value is True if field.kind == "checkbox" else value not in (None, "", [])


def _form(application: Application) -> Iterator[Item]:
    code_of_type, facts = type_code(application), application.facts
    for group in APPLICATION_FORM:
        for field in group.asked_of(code_of_type):
            if field.is_needed_by(code_of_type) and not answered(field, facts.get(field.name)):
                yield _item(application, group.element or element_of(field), field.name, f"{group.legend}: {field.label}.", ASKED_AT[field.name])


def _plan(found: Dossier) -> Iterator[Item]:
    if found.has("emv_plan"):
        return
    code_of_type, statements = type_code(found.application), found.emv_plan.statements
    asked_here = plan_statements_asked(resource_facts(found), parameters(found.plan))
    for group in PLAN_FORM:
        for field in group.asked_of(code_of_type):
            needed = field.is_needed_by(code_of_type) or field.name in asked_here
            if needed and not answered(field, statements.get(field.name)):
                words = f"EM&V plan, {group.legend.lower()}: {field.label} (programme rule {field.rule})."
                yield _item(found.application, "3.5", field.name, words, ASKED_AT[field.name])


def _frequency(found: Dossier) -> Iterator[Item]:
    """M&V reports come at least as often as the state's plan says (rule 4.6)."""
    most, own = int(found.plan["mv_frequency_months"]), number(found.emv_plan.statements.get("report_every_months"))
    if most and own is not None and own > most:
        words = f"EM&V plan: an M&V report every {own:f} months is too seldom; the state plan asks for one at least every {most} months (programme rule 4.6)."
        yield _item(found.application, "3.5", "report_every_months", words, ASKED_AT["report_every_months"])


def _interval(found: Dossier) -> Iterator[Item]:
    """Savings are quantified as often as their category asks (rule 4.16)."""
    years = number(found.emv_plan.statements.get("interval_years"))
    if type_code(found.application) not in SITE_SAVINGS or years is None:
        return
    breach = interval_breach(str(found.application.facts.get("efficiency_category", "")), years)
    if breach:
        words = f"EM&V plan: {years:f} years from one quantification to the next are too many. {breach} (programme rule 4.16)."
        yield _item(found.application, "3.5", "interval_years", words, ASKED_AT["interval_years"])


def plan_statements_asked(facts: ResourceFacts, plan: PlanParameters) -> frozenset[str]:
    """Statements of an EM&V plan that this resource needs although others of its type do not (rules 4.21, 4.22, 4.25)."""
    delivered = any(needed_proofs(verdict(host, facts, plan), plan) for host in facts.hosts)
    asked = {"small_system_quality": facts.estimated, "aggregation_evidence": is_aggregate(facts), "delivery_tie": delivered}
    return frozenset(name for name, applies in asked.items() if applies)


def _verification(found: Dossier) -> Iterator[Item]:
    if found.report is None:
        yield _item(found.application, VERIFICATION, "verification", "The report of an accredited independent verifier.", "engagement")


def _document(found: Dossier, code: str, kind: str, why: str) -> Iterator[Item]:
    if not found.has(kind):
        yield _item(found.application, code, kind, f"Document: {PAPERS[kind]}. {why}", "documents")


def _papers(found: Dossier) -> Iterator[Item]:
    yield from _document(found, "3.3", "interconnection", "It proves the connection to the grid.")
    if type_code(found.application) in UPRATES:
        yield from _document(found, "3.3", "uprate_permit", "It proves the day of the uprate.")
        yield from _document(found, "3.3", "nameplate", "It proves the capacity before and after.")
    else:
        yield from _document(found, "3.3", "proof_of_installation", "It proves the day of installation or implementation.")
    open_copies = {one.redacted_copy_of_id for one in found.documents}
    replaced = {one.supersedes_id for one in found.documents}
    for one in found.documents:
        if one.confidential and one.id not in open_copies | replaced:
            words = f"A public copy of the confidential document {one.heading}, with the secrets taken out."
            yield _item(found.application, "3.15", f"{PUBLIC_COPY}{one.heading}", words, "documents")


CONTRACT_FIELDS = ("delivery_parties", "delivery_state", "delivery_from_on", "delivery_until_on", "delivery_mwh_per_year", "delivery_point")


def _conditional(found: Dossier) -> Iterator[Item]:
    """What the place and the state's plan ask for: delivery proof, the contract's record, papers for an import, workforce evidence."""
    application, facts, plan = found.application, resource_facts(found), parameters(found.plan)
    entries = [verdict(host, facts, plan) for host in facts.hosts]
    proofs = frozenset[str]().union(*(needed_proofs(entry, plan) for entry in entries))
    fields = {field.name: field for field in fields_of(APPLICATION_FORM)}
    if "contract" in proofs:
        yield from _document(found, "3.8", "delivery_contract", "The place of the resource asks for it.")
        yield from (_field(application, "3.17", fields[name]) for name in CONTRACT_FIELDS if not application.facts.get(name))
    if "dispatch" in proofs:
        yield from _document(found, "3.8", "dispatch_proof", "The place of the resource asks for it.")
    if Verdict.IMPORT in entries or any(host.kind is HostKind.OUTSIDE_US for host in facts.hosts):
        yield from (_field(application, "3.18", fields[name]) for name in ("import_clause", "first_operated_on") if not application.facts.get(name))
    if found.plan["skilled_workforce"] == "required" and not application.facts.get("workforce_evidence"):
        yield _field(application, "3.14", fields["workforce_evidence"])


def _field(application: Application, code: str, field: FormField) -> Item:
    return _item(application, code, field.name, f"{field.label}.", ASKED_AT[field.name])
