"""The map of the data page as points and lines to print: by latitude and longitude, without borders, for there are none in the data (rule 10.18)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from statistics import mean
from typing import Any

from app.docket.views.blueprint import blueprint

WIDTH = 1000
TALLER = 1.3
"""How much longer a degree of latitude is drawn than one of longitude, about as it is at 40 degrees north."""
EVERY_DEGREES = 5


@dataclass(frozen=True)
class Frame:
    """The whole degrees between which the map lies, one beyond the outermost points."""

    south: int
    north: int
    west: int
    east: int

    @property
    def scale(self) -> float:
        return WIDTH / (self.east - self.west)

    def x(self, longitude: float) -> float:
        return round((longitude - self.west) * self.scale, 1)

    def y(self, latitude: float) -> float:
        return round((self.north - latitude) * self.scale * TALLER, 1)


@blueprint.app_template_filter("drawn_map")
def drawn_map(places: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Points, lines every five degrees and the names of the states in the middle of their points; `places` is not empty."""
    at = [(float(one["latitude"]), float(one["longitude"])) for one in places]
    norths, easts = [latitude for latitude, _ in at], [longitude for _, longitude in at]
    frame = Frame(floor(min(norths)) - 1, ceil(max(norths)) + 1, floor(min(easts)) - 1, ceil(max(easts)) + 1)
    return {
        **vars(frame),
        "width": WIDTH,
        "height": round(frame.y(frame.south)),
        "meridians": [frame.x(degree) for degree in _lines(frame.west, frame.east)],
        "parallels": [frame.y(degree) for degree in _lines(frame.south, frame.north)],
        "points": [{**one, "x": frame.x(longitude), "y": frame.y(latitude)} for one, (latitude, longitude) in zip(places, at, strict=True)],
        "names": _names(frame, places, at),
    }


def _lines(first: int, last: int) -> list[int]:
    return [degree for degree in range(first, last + 1) if degree % EVERY_DEGREES == 0]


def _names(frame: Frame, places: Sequence[Mapping[str, Any]], at: Sequence[tuple[float, float]]) -> list[dict[str, Any]]:
    of_state: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for one, point in zip(places, at, strict=True):
        of_state[one["host_state"]].append(point)
    return [
        {"words": state, "x": frame.x(mean(longitude for _, longitude in found)), "y": frame.y(mean(latitude for latitude, _ in found))}
        for state, found in sorted(of_state.items())
    ]
