"""The filters, declared once; parsing a query string into :class:`Filters` and writing it back.

The page's address bar, the API and the command line use the same names and values. Adding a filter
is one entry in :data:`FILTERS`, or in :data:`FAMILIES` where the names depend on the data.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.errors import FilterError
from dashboard.query.area_filter import AreaFilter
from dashboard.query.coordinates import BBox
from dashboard.query.field_filters import FIELDS, PREFIX
from dashboard.query.filter_kinds import (
    BoxFilter,
    ChoiceFilter,
    CountryFilter,
    EnumFilter,
    FacilityFilter,
    Filter,
    FilterFamily,
    NearFilter,
    RadiusFilter,
    SearchFilter,
    StateFilter,
    TagFilter,
)
from dashboard.query.list_filter import ListFilter
from dashboard.query.parameters import MAX_QUERY, VIEW_PREFIX, sort_by_similarity
from dashboard.query.trial_filters import AgeFilter, ConditionFilter, HealthyFilter, SexFilter
from dashboard.sites.decisions import DECISIONS, UNDECIDED
from dashboard.sites.vocabulary import NOT_STATED, SITE_STATUSES
from geocache.place import Flag, Precision

MAX_NOTES = 10


PRECISION_LABELS: dict[str, str] = {
    Precision.FACILITY: "hospital",
    Precision.POSTCODE: "postcode",
    Precision.CITY: "city",
    Precision.REGION: "state or region",
    Precision.COUNTRY: "country",
    Precision.UNRESOLVED: "not on the map",
}
FLAG_LABELS: dict[str, str] = {
    Flag.AMBIGUOUS: "several places of that name",
    Flag.APPROXIMATE: "near, not the place itself",
    Flag.CONFLICTING_STATE: "not in the state given",
    Flag.CONFLICTING_POINT: "registry's own point elsewhere",
    Flag.OUTSIDE_COUNTRY: "outside the country given",
    Flag.PLACEHOLDER_FACILITY: "no real name of a facility",
}
"""Each flag as a person would say it; ``docs/glossary.md`` explains them."""


FILTERS: dict[str, Filter] = {
    filter_.name: filter_
    for filter_ in (
        ChoiceFilter(
            name="trial",
            label="Trial",
            about="Registry id of a trial.",
            example="NCT01207388",
            column="trial_id",
            group="trial",
            most=500,
        ),
        CountryFilter(
            name="country",
            label="Country",
            about="Country: its alpha-2 code, or else any name the country list knows.",
            example="DE",
            column="country_code",
            group="site",
            min_choices=0,
        ),
        StateFilter(
            name="state",
            label="State or province",
            about="State or province: its ISO 3166-2 code or its name for all sites that lie in "
            "it, or a text as the registry wrote it.",
            example="Bavaria",
            column="state",
            code_column="state_code",
            group="site",
        ),
        ChoiceFilter(
            name="city",
            label="City",
            about="City as the registry wrote it.",
            example="Berlin",
            column="city",
            group="site",
            min_choices=0,
        ),
        FacilityFilter(
            name="facility",
            label="Facility",
            about="Facility by its `facility_id` or `facility_name`, over all its spellings.",
            example="Graz University Hospital",
            most=50,
        ),
        EnumFilter(
            name="status",
            label="Site status",
            about="Recruitment status of the site.",
            example="Recruiting",
            column="status",
            group="site",
            min_choices=0,
            allowed=(*SITE_STATUSES, NOT_STATED),
            blank=NOT_STATED,
        ),
        ChoiceFilter(
            name="phase",
            label="Phase",
            about="Phase of the trial.",
            example="Phase 2",
            column="phase",
            group="trial",
        ),
        ChoiceFilter(
            name="sponsor",
            label="Sponsor",
            about="Lead sponsor.",
            example="Amgen",
            column="sponsor",
            group="trial",
        ),
        ConditionFilter(
            name="condition",
            label="Condition",
            about="A condition in everyday or medical words, in English, German, French, Spanish "
            "or Italian; finds its trials, whatever words their records use, and narrower ones.",
            example="breast cancer",
            column="trial_id",
            group="person",
            most=20,
        ),
        AgeFilter(
            name="age",
            label="Age",
            about="Trials that take people of this age, in years, or do not say.",
            example="61",
        ),
        SexFilter(
            name="sex",
            label="Sex",
            about="Trials that take women (Female) or men (Male), or do not say.",
            example="Female",
            column="trial_id",
            group="person",
            allowed=("Female", "Male"),
            choice_label={"Female": "woman", "Male": "man"}.__getitem__,
        ),
        HealthyFilter(
            name="healthy",
            label="Healthy volunteers",
            about="With 1: trials that take healthy volunteers, or do not say.",
            example="1",
        ),
        EnumFilter(
            name="precision",
            label="Exact to",
            about="How exact the position is.",
            example="city",
            column="precision",
            group="position",
            min_choices=0,
            choice_label=PRECISION_LABELS.__getitem__,
            allowed=tuple(Precision),
        ),
        TagFilter(
            name="flag",
            label="Doubt",
            about="What a reader should doubt about the position.",
            example="ambiguous",
            column="flags",
            group="position",
            min_choices=1,
            choice_label=FLAG_LABELS.__getitem__,
            allowed=tuple(Flag),
        ),
        SearchFilter(
            name="q",
            label="Search",
            about="Words that must all stand in trial, title, site number, facility, city, state, "
            "country or an own column; case and accents do not matter.",
            example="university",
        ),
        ListFilter(
            name="list",
            label="List",
            about="Name of an open list.",
            example="NCT01207388.txt",
            column="",
            group="trial",
        ),
        EnumFilter(
            name="decision",
            label="Decision",
            about="What was decided about the site.",
            example="shortlisted",
            column="decision",
            group="site",
            allowed=(*DECISIONS, UNDECIDED),
            blank=UNDECIDED,
        ),
        AreaFilter(
            name="within",
            label="Within",
            about="A drawn area: an encoded polyline of 3 to 200 corners, with five decimals. Its "
            "last corner is joined to the first, and an edge goes the short way round the Earth.",
            example="_p~iF~ps|U_ulLnnqC_mqNvxq`@",
        ),
        BoxFilter(
            name="bbox",
            label="Map view",
            about="Box W,S,E,N in degrees (WGS 84); W greater than E crosses the antimeridian.",
            example="5.9,47.3,15,55.1",
        ),
        NearFilter(
            name="near",
            label="Near",
            about="LAT,LON in degrees; a postcode alone, with its town or its country; a city with "
            "its country after a comma; or a bare city that the sites have or that is the only one "
            "of its name. Rows come by distance, with a last column distance_km.",
            example="Munich, Germany",
        ),
        RadiusFilter(
            name="radius_km",
            label="Within",
            about="With near: no farther than this many kilometres.",
            example="100",
            needs="near",
        ),
    )
}
"""Every filter by its name, in the order of links."""

FAMILIES: dict[str, FilterFamily] = {PREFIX: FIELDS}
"""Families of filters by how their names begin (``field.``)."""


def find_filter(name: str) -> Filter | None:
    """The filter of a name, also one of a family; ``None`` for an unknown name."""
    if name in FILTERS:
        return FILTERS[name]
    families = (family for prefix, family in FAMILIES.items() if name.startswith(prefix))
    return next((found for family in families if (found := family.build(name))), None)


def list_choice_filters(sites: pd.DataFrame) -> list[ChoiceFilter]:
    """The filters whose choices can be counted in a site table, in the order of links."""
    names = (name for family in FAMILIES.values() for name in family.list_names(sites))
    every = (*FILTERS.values(), *map(find_filter, names))
    return [found for found in every if isinstance(found, ChoiceFilter)]


class Filters(Mapping[str, Any]):
    """The filters that are set, by name: values of one are alternatives, different ones all apply.

    Immutable and hashable: ``Filters(country=("DE",), q="hospital")``. An attribute gives a
    filter's value, its empty value if it is not set. No filter keeps everything.

    Raises:
        TypeError: an unknown name.
    """

    __slots__ = ("_values",)

    # Typed for code that reads one of them by name; the others are ``Any``.
    trial: tuple[str, ...]
    country: tuple[str, ...]
    state: tuple[str, ...]
    decision: tuple[str, ...]
    status: tuple[str, ...]
    q: str
    bbox: BBox | None
    near: str
    radius_km: float | None

    def __init__(self, **values: Any) -> None:
        filters = {name: find_filter(name) for name in values}
        unknown = [name for name, found in filters.items() if found is None]
        if unknown:
            raise TypeError(f"unknown filters: {', '.join(unknown)}")
        order = [name for name in FILTERS if name in values]
        order += sorted(name for name in values if name not in FILTERS)
        self._values = {
            name: values[name]
            for name in order
            if (found := filters[name]) is not None and values[name] != found.empty
        }

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        return f"Filters({', '.join(f'{name}={value!r}' for name, value in self.items())})"

    def __getattr__(self, name: str) -> Any:
        found = None if name.startswith("_") else find_filter(name)
        if found is None:
            raise AttributeError(name)
        return self._values.get(name, found.empty)

    def replace(self, **values: Any) -> "Filters":
        """These filters with some values set anew; an empty value unsets a filter."""
        return Filters(**{**self._values, **values})

    def pairs(self) -> Iterator[tuple[Filter, Any]]:
        """Each filter that is set, with its value."""
        for name, value in self._values.items():
            found = find_filter(name)
            if found is not None:
                yield found, value


def parse(pairs: Iterable[tuple[str, str]], *, other_names: Sequence[str] = ()) -> Filters:
    """The filters of a query string.

    Several ``q`` are words of one search; ``radius_km`` without ``near`` is dropped.

    Args:
        pairs: names and values in order, a name may repeat; ``view_…`` names are ignored.
        other_names: names of parameters that are not filters.

    Raises:
        FilterError: an unknown name, an unknown value of a closed set, a malformed number.
    """
    found: dict[str, list[Any]] = {}
    for name, text in pairs:
        if not name.startswith(VIEW_PREFIX) and name not in other_names:
            values = found.setdefault(name, [])
            values.append(_parse_value(name, text, len(values), other_names))
    return _combine(found)


def parse_leniently(pairs: Iterable[tuple[str, str]]) -> tuple[Filters, tuple[str, ...]]:
    """As :func:`parse`, but what is not allowed is dropped with a note instead of raising."""
    pairs = list(pairs)
    if sum(len(name) + len(text) + 2 for name, text in pairs) > MAX_QUERY:
        return Filters(), (f"it is longer than {MAX_QUERY:,} characters",)
    found: dict[str, list[Any]] = {}
    notes: list[str] = []
    for name, text in pairs:
        if name.startswith(VIEW_PREFIX) or not text.strip():
            continue
        values = found.get(name, [])
        try:
            value = _parse_value(name, text, len(values))
        except FilterError as error:
            notes.append(str(error))
        else:
            found[name] = [*values, value]
    notes += [f"{name} needs {needed}=…" for name, needed in _unmet_needs(found).items()]
    if len(notes) > MAX_NOTES:
        notes[MAX_NOTES:] = [f"… and {len(notes) - MAX_NOTES:,} more"]
    return _combine(found), tuple(notes)


def _parse_value(name: str, text: str, given: int, other_names: Sequence[str] = ()) -> Any:
    found = find_filter(name)
    if found is None:
        allowed = sort_by_similarity(name, (*FILTERS, *other_names))
        raise FilterError(name[:40], text[:40], f"{name[:40]}: unknown parameter", allowed)
    return found.parse(text, given)


def _unmet_needs(names: Collection[str]) -> dict[str, str]:
    """Filters that do nothing, each with the one it needs."""
    found = ((name, find_filter(name)) for name in names)
    return {name: one.needs for name, one in found if one and one.needs and one.needs not in names}


def _combine(found: Mapping[str, list[Any]]) -> Filters:
    unused = _unmet_needs(found)
    filters = ((name, find_filter(name), values) for name, values in found.items())
    return Filters(
        **{name: one.combine(values) for name, one, values in filters if one and name not in unused}
    )


def to_query(filters: Filters) -> list[tuple[str, str]]:
    """The pairs that :func:`parse` reads back to equal filters, in a fixed order."""
    return [(one.name, text) for one, value in filters.pairs() for text in one.format(value)]
