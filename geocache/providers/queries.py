"""What is sent for a place: the facility first, then its city, then its region."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from geocache.geo.countries import country_code, country_name
from geocache.geo.facilities import is_placeholder
from geocache.keys import normalize, query_key
from geocache.place import Place, Precision


@dataclass(frozen=True, slots=True)
class Query:
    """One request.

    ``level`` is what is looked for; ``words`` the query as free text; ``parts`` the same in
    Nominatim's structured form, empty when it is asked as words; ``country`` the alpha-2 code the
    answer must lie in, empty if unknown; ``key`` what it is remembered under: places that share a
    city share its query.
    """

    key: str
    level: Precision
    words: str
    country: str
    place: Place
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def as_asked(self) -> str:
        """The query in one line."""
        if not self.parts:
            return self.words
        return "; ".join(f"{name}={value}" for name, value in self.parts.items())


def build_queries(place: Place, *, facilities: bool, structured: bool) -> Iterator[Query]:
    """The queries for a place, to be asked in this order until one is answered.

    Args:
        place: nothing is asked for a place without a facility, city, postcode or state.
        facilities: whether the provider knows facilities; placeholders are never asked for.
        structured: whether it takes queries in parts, which are asked before words.
    """
    facility, city, state, postcode, country = (_tidy(part) for part in place)
    code = country_code(country) if country else ""
    named = country_name(code) if code else country
    if facilities and facility and (city or state or country) and not is_placeholder(facility):
        yield _words(Precision.FACILITY, place, code, named, facility, city, state)
    if city:
        if structured:
            yield _parts(Precision.CITY, place, code, named, city=city, state=state)
        yield _words(Precision.CITY, place, code, named, city, state)
    elif postcode:
        if structured:
            yield _parts(Precision.POSTCODE, place, code, named, state=state, postalcode=postcode)
        else:
            yield _words(Precision.POSTCODE, place, code, named, postcode, state)
    if state:
        if structured:
            yield _parts(Precision.REGION, place, code, named, state=state)
        else:
            yield _words(Precision.REGION, place, code, named, state)


def _words(level: Precision, place: Place, code: str, country: str, *parts: str) -> Query:
    key = query_key(f"{level} words", *parts, code or country)
    words = ", ".join([part for part in (*parts, country) if part])
    return Query(key, level, words, code, place)


def _parts(level: Precision, place: Place, code: str, country: str, **parts: str) -> Query:
    # The key's parts stand in the order of the keywords, empty ones too.
    key = query_key(f"{level} parts", *parts.values(), code or country)
    asked = {name: value for name, value in (parts | {"country": country}).items() if value}
    words = ", ".join(asked.values())
    return Query(key, level, words, code, place, asked)


def _tidy(text: str) -> str:
    return " ".join(text.split())


def build_first_key(place: Place, *, facilities: bool, structured: bool) -> str:
    """The key of the first query for a place whose facility is no placeholder.

    Cheaper than :func:`build_queries`; where it is not remembered, that has the last word.
    """
    facility, city, state, _, country = place
    code = country_code(_tidy(country)) or normalize(country)
    if facilities and facility:
        return query_key("facility words", facility, city, state, code)
    return query_key("city parts" if structured else "city words", city, state, code)


def list_query_keys(place: Place) -> list[str]:
    """The keys of all queries that any provider may have been sent for a place."""
    return list(
        {
            query.key
            for facilities in (True, False)
            for structured in (True, False)
            for query in build_queries(place, facilities=facilities, structured=structured)
        }
    )
