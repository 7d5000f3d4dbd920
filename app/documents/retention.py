"""How long the state keeps a document at least (rule 12.20). Years are counted from the end of the compliance period."""

from datetime import date

LAST_INTERIM_YEAR = 2029
STATE_YEARS_AFTER_INTERIM = 10
STATE_YEARS_AFTER_FINAL = 5


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
