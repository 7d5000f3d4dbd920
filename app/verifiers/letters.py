"""Which words the events of engagements and accreditations promise (rules 6.8, 7.9, 8.10)."""

from app.promises import Say, told

WORDS: dict[str, Say] = {
    "engagement.accept": told(
        "Engagement accepted",
        "The verification body attested on conflicts of interest and accepted. It sees the matter from now on.",
        accreditation="Accreditation",
    ),
    "engagement.decline": told("Engagement declined", "The verification body does not verify this. Another one can be asked."),
    "accreditation.accredit": told("Accredited", "The body is accredited.", classes="Classes", valid_from_on="From", valid_until_on="Until"),
    "accreditation.suspend": told("Accreditation suspended", "The body can report nothing while it is suspended.", reasons="Reasons"),
    "accreditation.reinstate": told("Accreditation reinstated", "The accreditation is in force again.", reasons="Reasons"),
    "accreditation.revoke": told("Accreditation revoked", "The accreditation is revoked for good.", reasons="Reasons"),
}
