"""Reads WHO ICTRP exports and tables made from them: one trial per row, without sites."""

import re
from collections.abc import Iterator, Mapping, Sequence

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.column_names import fold_header
from dashboard.readers.common.dates import parse_date
from dashboard.sites.trial import Intervention, Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, phrase, status_word
from geocache.geo.countries import country_code, country_name

FORMAT = "WHO ICTRP export"
XML_FORMAT = "WHO ICTRP export, XML"

_EMPTY = frozenset({"", "na", "n/a", "null", "none"})


def is_ictrp(header: Sequence[str]) -> bool:
    """True for the header of an export, or of a table with its columns."""
    names = {fold_header(cell) for cell in header}
    return bool({"trial id", "trialid"} & names) and bool(
        {"source register", "date registration", "date registration3"} & names
    )


def read_ictrp(header: Sequence[str], rows: Iterator[list[str]], builder: ReadingBuilder) -> None:
    """Read the trials with their countries; an export has no sites."""
    names = [fold_header(cell) for cell in header]
    for cells in rows:
        row = {
            name: text
            for name, cell in zip(names, cells, strict=False)
            if (text := cell.strip()).casefold() not in _EMPTY
        }
        if row:
            builder.add_trial(_build_trial(row))
    builder.warn("this export lists countries, no sites; each trial has its countries")


def _build_trial(row: Mapping[str, str]) -> Trial:
    def cell(*names: str) -> str:
        return next((row[name] for name in names if name in row), "")

    sponsor = cell("primary sponsor")
    results = cell("results yes no").casefold()
    return Trial(
        trial_id=" ".join(cell("trialid", "trial id").split())[:80],
        title=" ".join(cell("public title", "scientific title").split()),
        official_title=" ".join(cell("scientific title").split()),
        acronym=cell("acronym"),
        status=_parse_status(cell("recruitment status")),
        phase=phase_word(cell("phase original", "phase")),
        study_type=phrase(cell("study type")),
        enrollment=_parse_count(cell("target size")),
        start_date=parse_date(cell("date enrollement", "date enrollment")),
        first_posted=parse_date(cell("date registration3", "date registration")),
        last_updated=parse_date(cell("last refreshed on")),
        has_results={"yes": True, "no": False}.get(results),
        conditions=_split_list(cell("condition")),
        interventions=tuple(
            _parse_intervention(text) for text in _split_list(cell("intervention"))
        ),
        criteria=_strip_markup(cell("inclusion criteria")),
        minimum_age=cell("inclusion agemin"),
        maximum_age=cell("inclusion agemax"),
        sex=phrase(cell("inclusion gender")),
        sponsors=(Sponsor(sponsor),) if sponsor else (),
        countries=_list_countries(cell("countries"), cell("country")),
        url=cell("web address"),
        as_of=_parse_export_date(cell("export date")) or parse_date(cell("last refreshed on")),
    )


def _split_list(text: str) -> tuple[str, ...]:
    plain = _strip_markup(text)
    return tuple(dict.fromkeys(part.strip() for part in plain.split(";") if part.strip()))


def _strip_markup(text: str) -> str:
    """Text without the markup of registries."""
    lines = re.sub(r"<br\s*/?>|</?p>", "\n", text, flags=re.IGNORECASE).splitlines()
    return "\n".join(line for raw in lines if (line := " ".join(raw.split())))


def _parse_status(text: str) -> str:
    # "Not recruiting" covers completed, stopped and running trials alike: left as it is.
    return "Not recruiting" if text.casefold() == "not recruiting" else status_word(text)


def _parse_intervention(text: str) -> Intervention:
    kind, colon, name = text.partition(": ")
    return Intervention(name, phrase(kind)) if colon and len(kind) < 25 else Intervention(text)


def _parse_export_date(text: str) -> str:
    """``4/7/2020 10:40:56 AM``, month first, unlike every other date of an export."""
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text)
    return parse_date(f"{found[2]}/{found[1]}/{found[3]}") if found else parse_date(text)


def _parse_count(text: str) -> int | None:
    found = re.search(r"\d{1,9}", text)
    return int(found[0]) if found else None


def _list_countries(names: str, codes: str) -> tuple[str, ...]:
    """The countries by name, or else from a column of codes (``KHM|LAO``)."""
    found = [name.strip() for name in re.split(r"[;|]", names) if name.strip()]
    if not found:
        found = [
            country_name(country_code(code.strip())) or code.strip()
            for code in re.split(r"[;|]", codes)
            if code.strip()
        ]
    return tuple(dict.fromkeys(found))
