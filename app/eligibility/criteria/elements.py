"""The elements that an eligibility application must bring (rules.md section 3), by number."""

ELEMENTS: dict[str, str] = {
    "3.1": "provider identity, contact, representative and the general account that will receive ERCs",
    "3.2": "description of the programme or project",
    "3.3": "type and evidence for each general test",
    "3.4": "projection of MWh over the life of the programme or project",
    "3.5": "EM&V plan",
    "3.6": "verification report of an accredited independent verifier",
    "3.7": "statement and evidence that the application went only to this state",
    "3.8": "delivery proof for a host that needs it",
    "3.9": "fuel, feedstock and share method",
    "3.10": "list of the units of an aggregate",
    "3.11": "registry identifiers",
    "3.12": "consent to inspection and to publication",
    "3.13": "signed certification",
    "3.14": "evidence of a skilled workforce, where the plan requires it",
    "3.15": "public copy of confidential pages",
    "3.17": "delivery contract record",
    "3.18": "papers for an import",
}
