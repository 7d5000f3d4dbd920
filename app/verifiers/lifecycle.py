"""The life cycles of an accreditation and of an engagement (rules 6.8, 6.10, 7.7 to 7.10)."""

from app.lifecycle import Step

ACCREDITATION = (
    Step("suspend", before="active", after="suspended", by="administrator"),
    Step("reinstate", before="suspended", after="active", by="administrator"),
    Step("revoke", before=("active", "suspended"), after="revoked", by="administrator"),
)

ENGAGEMENT = (
    Step("accept", before="asked", after="accepted", by="verifier", label="Attest and accept"),
    Step("decline", before="asked", after="declined", by="verifier"),
    Step("report", before="accepted", after="reported", by="verifier", label="Give the verification report"),
    Step("end", before=("asked", "accepted", "reported"), after="ended", by="provider", label="End the engagement"),
)
