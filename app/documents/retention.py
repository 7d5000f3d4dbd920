"""How long a document stays (rule 12.20), and that nothing submitted is ever taken away.

Documents behind an ERC are kept and public while any ERC of them can still be used, and after its surrender for the
longest of the times that the rule gives. Years are counted from the end of the compliance period.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

LAST_INTERIM_YEAR = 2029
STATE_YEARS_AFTER_INTERIM = 10
STATE_YEARS_AFTER_FINAL = 5
UNIT_YEARS = 5
UNIT_YEARS_ON_SITE = 2


@dataclass(frozen=True, slots=True)
class Use:
    """The end of the period in which ERCs of a document were surrendered, or of the year they ended otherwise."""

    period_ends_on: date


def years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March, for keeping longer does no harm."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def state_keeps_until(period_ends_on: date) -> date:
    """The state keeps records 10 years after an interim period and 5 years after a final one."""
    interim = period_ends_on.year <= LAST_INTERIM_YEAR
    return years_later(period_ends_on, STATE_YEARS_AFTER_INTERIM if interim else STATE_YEARS_AFTER_FINAL)


def unit_keeps_until(period_ends_on: date) -> date:
    """The owner of an affected unit keeps records at least 5 years, the first 2 of them on site."""
    return years_later(period_ends_on, UNIT_YEARS)


def unit_keeps_on_site_until(period_ends_on: date) -> date:
    """The end of the years on site."""
    return years_later(period_ends_on, UNIT_YEARS_ON_SITE)


def keep_until(uses: Iterable[Use], still_usable: bool) -> date | None:
    """The day until which a document behind ERCs is kept; None is without end: an ERC can still be used, or none was.

    Banking has no limit (rule 12.9), so a document whose ERCs are in somebody's account has no last day.
    """
    ends = [max(state_keeps_until(use.period_ends_on), unit_keeps_until(use.period_ends_on)) for use in uses]
    return max(ends) if ends and not still_usable else None


def may_remove(submitted: bool, on_hold: bool, keep_until_on: date | None, today: date) -> str | None:
    """None when a document may be removed, else why not. A submitted document is never removed, also after its day."""
    if submitted:
        return "This document has been submitted and stays for good. Submit a new version, or a redacted public copy."
    if on_hold:
        return "This document is on hold while the state looks into it. Ask the state when the hold is lifted."
    if keep_until_on is not None and today <= keep_until_on:
        return f"This document is kept until {keep_until_on} (programme rule 12.20). Remove it after that day."
    return None
