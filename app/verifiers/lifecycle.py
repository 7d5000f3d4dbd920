"""The life cycles of an accreditation and of an engagement (rules 6.8, 6.10, 7.6 to 7.12)."""

from app.lifecycle import Step

ACCREDITATION = (
    Step("suspend", before="active", after="suspended", by="administrator"),
    Step("reinstate", before="suspended", after="active", by="administrator"),
    Step("revoke", before=("active", "suspended"), after="revoked", by="administrator"),
    Step("review", before="active", after="active", by="administrator", label="Enter a performance review"),
    Step("review", before="suspended", after="suspended", by="administrator", label="Enter a performance review"),
    Step("report_elsewhere", before="active", after="active", by="verifier", label="Report a change of status elsewhere"),
    Step("report_elsewhere", before="suspended", after="suspended", by="verifier", label="Report a change of status elsewhere"),
)

ENGAGEMENT = (
    Step("accept", before="asked", after="accepted", by="verifier", label="Attest and accept"),
    Step("decline", before="asked", after="declined", by="verifier"),
    Step("report", before="accepted", after="reported", by="verifier", label="Give the verification report"),
    Step("disclose", before="accepted", after="accepted", by="verifier", label="Disclose a conflict of interest"),
    Step("disclose", before="reported", after="reported", by="verifier", label="Disclose a conflict of interest"),
    Step("settle", before="accepted", after="accepted", by="reviewer", label="Accept how the conflict is resolved"),
    Step("settle", before="reported", after="reported", by="reviewer", label="Accept how the conflict is resolved"),
    Step("end", before=("asked", "accepted", "reported"), after="ended", by="provider", label="End the engagement"),
)
