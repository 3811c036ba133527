"""WHO ICTRP exports and tables made from them: a row a trial, with countries and no sites."""

import re
from collections.abc import Iterator, Mapping, Sequence

from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.column_names import folded
from dashboard.readers.common.dates import iso_date
from dashboard.sites.trial import Intervention, Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, phrase, status_word
from geocache.geo.countries import country_code, country_name

FORMAT = "WHO ICTRP export"

_NOTHING = frozenset({"", "na", "n/a", "null", "none"})


def is_ictrp(header: Sequence[str]) -> bool:
    """True for the header of an export, or of a table made from one that kept its columns."""
    names = {folded(cell) for cell in header}
    return bool({"trial id", "trialid"} & names) and bool(
        {"source register", "date registration", "date registration3"} & names
    )


def gather_ictrp(header: Sequence[str], rows: Iterator[list[str]], gathered: Gathered) -> None:
    """The trials with their countries. There are no sites to read, and none are made up."""
    names = [folded(cell) for cell in header]
    for cells in rows:
        row = {
            name: text
            for name, cell in zip(names, cells, strict=False)
            if (text := cell.strip()).casefold() not in _NOTHING
        }
        if row:
            gathered.open_trial(_trial(row))
    gathered.warn("this export lists countries and no sites; the countries are kept for each trial")


def _trial(row: Mapping[str, str]) -> Trial:
    def cell(*names: str) -> str:
        return next((row[name] for name in names if name in row), "")

    sponsor = cell("primary sponsor")
    results = cell("results yes no").casefold()
    return Trial(
        trial_id=" ".join(cell("trialid", "trial id").split())[:80],
        title=" ".join(cell("public title", "scientific title").split()),
        official_title=" ".join(cell("scientific title").split()),
        acronym=cell("acronym"),
        status=_status(cell("recruitment status")),
        phase=phase_word(cell("phase original", "phase")),
        study_type=phrase(cell("study type")),
        enrollment=_count(cell("target size")),
        start_date=iso_date(cell("date enrollement", "date enrollment")),
        last_updated=iso_date(cell("last refreshed on")),
        has_results={"yes": True, "no": False}.get(results),
        conditions=_listed(cell("condition")),
        interventions=tuple(_intervention(text) for text in _listed(cell("intervention"))),
        criteria=_plain(cell("inclusion criteria")),
        minimum_age=cell("inclusion agemin"),
        maximum_age=cell("inclusion agemax"),
        sex=phrase(cell("inclusion gender")),
        sponsors=(Sponsor(sponsor),) if sponsor else (),
        countries=_countries(cell("countries"), cell("country")),
        url=cell("web address"),
        as_of=_export_date(cell("export date")) or iso_date(cell("last refreshed on")),
    )


def _listed(text: str) -> tuple[str, ...]:
    plain = _plain(text)
    return tuple(dict.fromkeys(part.strip() for part in plain.split(";") if part.strip()))


def _plain(text: str) -> str:
    """Text without the markup registries send along."""
    lines = re.sub(r"<br\s*/?>|</?p>", "\n", text, flags=re.IGNORECASE).splitlines()
    return "\n".join(line for raw in lines if (line := " ".join(raw.split())))


def _status(text: str) -> str:
    # "Not recruiting" covers completed, stopped and running trials alike: kept as it is.
    return "Not recruiting" if text.casefold() == "not recruiting" else status_word(text)


def _intervention(text: str) -> Intervention:
    kind, colon, name = text.partition(": ")
    return Intervention(name, phrase(kind)) if colon and len(kind) < 25 else Intervention(text)


def _export_date(text: str) -> str:
    """``4/7/2020 10:40:56 AM``, month first, unlike every other date of an export."""
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text)
    return iso_date(f"{found[2]}/{found[1]}/{found[3]}") if found else iso_date(text)


def _count(text: str) -> int | None:
    found = re.search(r"\d{1,9}", text)
    return int(found[0]) if found else None


def _countries(names: str, codes: str) -> tuple[str, ...]:
    """The countries named, or those of a column of codes (``KHM|LAO``)."""
    found = [name.strip() for name in re.split(r"[;|]", names) if name.strip()]
    if not found:
        found = [
            country_name(country_code(code.strip())) or code.strip()
            for code in re.split(r"[;|]", codes)
            if code.strip()
        ]
    return tuple(dict.fromkeys(found))
