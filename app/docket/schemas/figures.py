"""The page of data and figures (rule 10.18)."""

from marshmallow import fields

from app.docket.queries.figures import COUNTED
from app.docket.schemas.shown import one, rows, shape

WHOLE = fields.Integer
POINTS = rows("FigurePoint", "code label", value=WHOLE())
FIGURE = {"sum": WHOLE(), "points": POINTS}

DataSchema = shape(
    "Data",
    "title unplaced waiting data_set",
    figures=rows("Figure", "key title about unit", **FIGURE),
    mwh_by_kind=rows("MwhOfKind", "kind type_code claimed_mwh verified_mwh", reports=WHOLE()),
    by_month=rows("MonthRow", "month", **{name: WHOLE() for name in COUNTED}),
    by_year=one("FigureOfYears", "key title about unit", **FIGURE),
    places=rows("Place", "host_state latitude longitude ercs", resources=WHOLE()),
    by_host_state=rows("HostState", "host_state ercs", resources=WHOLE()),
    lists=rows("PublicList", "list about path csv file"),
    head=one("HeadReached", "size signed_at root"),
)
