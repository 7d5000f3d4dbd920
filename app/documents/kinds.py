"""What documents are called: one word for each kind in code, one title for people, the same on every page, list and letter (rules 3.3, 14.5). Pure."""

DOCUMENT_KINDS = {
    "application_form": "Application",
    "proof_of_installation": "Proof of installation date",
    "interconnection": "Interconnection proof",
    "nameplate": "Nameplate evidence",
    "uprate_permit": "Uprate permit",
    "ownership": "Ownership statement",
    "delivery_contract": "Delivery contract or PPA",
    "dispatch_proof": "Dispatch documentation",
    "emv_plan": "EM&V plan",
    "eligibility_verification": "Verification report on the application",
    "mv_report_form": "M&V report",
    "meter_readings": "Meter readings",
    "installation_evidence": "Evidence of installation as described",
    "mv_verification": "Verification report on the M&V report",
    "conflict_attestation": "Conflict-of-interest attestation",
    "emissions_evidence": "Emissions and generation evidence",
    "letter": "Letter",
    "certificate": "Certificate of issuance",
    "evidence": "Other evidence",
}

MADE_AFTERWARDS = frozenset({"letter", "certificate"})
"""Papers that the programme itself writes about a matter: they come with its events, and are no part of what is submitted or decided on."""


def kinds_of(*names: str) -> dict[str, str]:
    """Some of the kinds with their titles, in this order."""
    return {name: DOCUMENT_KINDS[name] for name in names}
