"""The forms of a reviewed matter, the same for an eligibility application and an M&V report.

A matter is put together, verified, submitted, claimed, noted on, returned, recommended, sent back and withdrawn by the same fields and on the
same pages (rules 8.1 to 8.11), so each stands here once.
"""

from app.review_forms.acts import (
    claim_page,
    ending_page,
    note_page,
    reasons_facts,
    reasons_page,
    sending_back_page,
    withdrawal_page,
)
from app.review_forms.parts import (
    EngagementPartSchema,
    PaperSchema,
    PapersSchema,
    PartSchema,
    SubmissionPartSchema,
    VerificationPartSchema,
    engagement_part,
    papers,
    papers_part,
    part_page,
)
from app.review_forms.taken import AttachSchema, CertificationSchema, ClaimSchema, EngagementSchema, NoteSchema, RowSchema, VerificationSchema

__all__ = [
    "AttachSchema",
    "CertificationSchema",
    "ClaimSchema",
    "EngagementPartSchema",
    "EngagementSchema",
    "NoteSchema",
    "PaperSchema",
    "PapersSchema",
    "PartSchema",
    "RowSchema",
    "SubmissionPartSchema",
    "VerificationPartSchema",
    "VerificationSchema",
    "claim_page",
    "ending_page",
    "engagement_part",
    "note_page",
    "papers",
    "papers_part",
    "part_page",
    "reasons_facts",
    "reasons_page",
    "sending_back_page",
    "withdrawal_page",
]
