"""Which words the events of engagements and accreditations promise (rules 6.8, 7.9, 8.10)."""

from app.promises import Say, told

WORDS: dict[str, Say] = {
    "engagement.accept": told(
        "Engagement accepted",
        "The verification body attested on conflicts of interest and accepted. It sees the matter from now on.",
        accreditation="Accreditation",
    ),
    "engagement.decline": told("Engagement declined", "The verification body does not verify this. Another one can be asked."),
    "engagement.disclose": told(
        "Conflict of interest disclosed",
        "The verification body disclosed a conflict of interest in an engagement that it had accepted. Its report is not signed, submitted or accepted"
        " before the state accepts how the conflict is resolved. The engagement's page has the words.",
    ),
    "engagement.settle": told("Conflict of interest resolved", "The state accepts how the disclosed conflict is resolved. The engagement goes on."),
    "accreditation.review": told(
        "Performance reviewed", "The state reviewed the work of the body.", reviewed_on="On", result="Result", words="Found", next_review_on="Next review"
    ),
    "accreditation.report_elsewhere": told(
        "Change of status elsewhere", "The body reported a change of its status.", authority="With", status="Status", since_on="Since", words="In its words"
    ),
    "accreditation.accredit": told("Accredited", "The body is accredited.", classes="Classes", valid_from_on="From", valid_until_on="Until"),
    "accreditation.suspend": told("Accreditation suspended", "The body can report nothing while it is suspended.", reasons="Reasons"),
    "accreditation.reinstate": told("Accreditation reinstated", "The accreditation is in force again.", reasons="Reasons"),
    "accreditation.revoke": told("Accreditation revoked", "The accreditation is revoked for good.", grounds="Grounds", reasons="Reasons"),
}
