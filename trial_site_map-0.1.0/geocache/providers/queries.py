"""Builds the queries for a place: its facility first, then its city, then its region."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from geocache.geo.countries import country_code, country_name
from geocache.geo.facilities import is_placeholder
from geocache.keys import normalize, query_key
from geocache.place import Place, Precision


@dataclass(frozen=True, slots=True)
class Query:
    """One request.

    ``level`` is the precision asked for; ``words`` the query as free text; ``parts`` the same in
    Nominatim's structured form, empty for a free-text query; ``country`` the alpha-2 code of the
    country in which the answer must lie, empty if unknown; ``key`` the key of its stored answer:
    places that share a city share its query.
    """

    key: str
    level: Precision
    words: str
    country: str
    place: Place
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The query in one line."""
        if not self.parts:
            return self.words
        return "; ".join(f"{name}={value}" for name, value in self.parts.items())


def build_queries(place: Place, *, facilities: bool, structured: bool) -> Iterator[Query]:
    """The queries for a place, to be sent in this order until one is answered.

    Args:
        place: without a facility, city, postcode or state there are no queries.
        facilities: whether the provider knows facilities; placeholders are never sent.
        structured: whether it takes structured queries, which are sent before free text.
    """
    facility, city, state, postcode, country = (_collapse_spaces(part) for part in place)
    code = country_code(country) if country else ""
    named = country_name(code) if code else country
    if facilities and facility and (city or state or country) and not is_placeholder(facility):
        yield _build_words(Precision.FACILITY, place, code, named, facility, city, state)
    if city:
        if structured:
            yield _build_parts(Precision.CITY, place, code, named, city=city, state=state)
        yield _build_words(Precision.CITY, place, code, named, city, state)
    elif postcode:
        if structured:
            yield _build_parts(
                Precision.POSTCODE, place, code, named, state=state, postalcode=postcode
            )
        else:
            yield _build_words(Precision.POSTCODE, place, code, named, postcode, state)
    if state:
        if structured:
            yield _build_parts(Precision.REGION, place, code, named, state=state)
        else:
            yield _build_words(Precision.REGION, place, code, named, state)


def _build_words(level: Precision, place: Place, code: str, country: str, *parts: str) -> Query:
    key = query_key(f"{level} words", *parts, code or country)
    words = ", ".join([part for part in (*parts, country) if part])
    return Query(key, level, words, code, place)


def _build_parts(level: Precision, place: Place, code: str, country: str, **parts: str) -> Query:
    # The key has all parts in the order of the keywords, empty ones too.
    key = query_key(f"{level} parts", *parts.values(), code or country)
    asked = {name: value for name, value in (parts | {"country": country}).items() if value}
    words = ", ".join(asked.values())
    return Query(key, level, words, code, place, asked)


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def build_first_key(place: Place, *, facilities: bool, structured: bool) -> str:
    """The key of a place's first query, if its facility is no placeholder.

    Cheaper than :func:`build_queries`, which decides if nothing is stored under this key.
    """
    facility, city, state, _, country = place
    code = country_code(_collapse_spaces(country)) or normalize(country)
    if facilities and facility:
        return query_key("facility words", facility, city, state, code)
    return query_key("city parts" if structured else "city words", city, state, code)


def list_query_keys(place: Place) -> list[str]:
    """The keys of all queries that may have been sent to any provider for a place."""
    return list(
        {
            query.key
            for facilities in (True, False)
            for structured in (True, False)
            for query in build_queries(place, facilities=facilities, structured=structured)
        }
    )
