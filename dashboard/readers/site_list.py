"""Plain tables of sites with any columns, and AACT's `facilities`: a row a site."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from dashboard.readers.clean import as_number
from dashboard.readers.column_names import folded
from dashboard.readers.country_text import split_place
from dashboard.readers.gather import NO_POINT, Gathered
from dashboard.readers.tables import Table
from dashboard.sites import READ_COLUMNS
from dashboard.trials import Sponsor, Trial
from dashboard.vocabulary import phase_word, status_word

AACT_FORMAT = "AACT facilities"

_ROWS_AT_ONCE = 20_000
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_SITE_TARGETS = READ_COLUMNS[1:]


def gather_table(
    table: Table,
    mapping: Mapping[str, str],
    gathered: Gathered,
    name: str,
    progress: Callable[[int], None] | None = None,
) -> None:
    """A site a row. Rows without any text are passed over; short and long rows are read as far as
    they go. ``progress`` is called with the number of rows read."""
    header = table.header
    place = {target: header.index(column) for target, column in mapping.items()}
    gathered.columns = dict(mapping)
    gathered.header = tuple(header)
    adder = _Adder(place, header, gathered, _trial_id_above(table, name))
    rows = _chained(table)
    number = 0
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        number += len(chunk)
        adder.add(chunk)
        gathered.between()
        if progress is not None:
            progress(number)
    adder.finish()


def _chained(table: Table) -> Iterator[list[str]]:
    yield from table.first_rows
    yield from table.rest


def _trial_id_above(table: Table, name: str) -> str:
    """The trial of a list without a trial column: named above its header, or by its file."""
    above = table.sample[: table.header_at or 0]
    text = " ".join(" ".join(row) for row in above)
    found = {number.upper() for number in _NCT.findall(text)} or {
        number.upper() for number in _NCT.findall(name.replace("_", " "))
    }
    return found.pop() if len(found) == 1 else ""


class _Adder:
    """Adds chunks of rows, column by column."""

    def __init__(
        self, place: Mapping[str, int], header: Sequence[str], gathered: Gathered, trial_id: str
    ) -> None:
        self._place = place
        self._width = len(header)
        self._gathered = gathered
        self._default_id = trial_id
        self._numbers: dict[str, int] = {}
        self._uneven = 0
        names = {folded(column): at for at, column in enumerate(header)}
        # Our own export: its points are answers of a geocoder, except those the registry gave.
        self._source = names.get("source") if "precision" in names and "score" in names else None

    def add(self, chunk: list[list[str]]) -> None:
        rows = [row for row in chunk if any(row)]
        for at, row in enumerate(rows):
            if len(row) != self._width:
                self._uneven += len(row) > self._width and any(row[self._width :])
                rows[at] = [*row[: self._width], *[""] * (self._width - len(row))]
        if not rows:
            return
        columns = list(zip(*rows, strict=True))
        gathered = self._gathered
        gathered.site_number.extend([""] * (len(gathered) - len(gathered.site_number)))
        values: dict[str, Sequence[str] | Sequence[float]] = {
            target: columns[self._place[target]]
            for target in _SITE_TARGETS
            if target in self._place
        }
        self._add_trials(columns, len(rows))
        self._split_places(columns, values)
        self._read_points(columns, values)
        for target in _SITE_TARGETS:
            nothing: list[str] | list[float] = (
                [NO_POINT] * len(rows) if target in ("latitude", "longitude") else [""] * len(rows)
            )
            getattr(gathered, target).extend(values.get(target, nothing))

    def finish(self) -> None:
        """Say what was odd about the whole."""
        if self._uneven:
            self._gathered.warn(
                f"{self._uneven} rows have more cells than the header; the rest of them is unread"
            )
        if "trial_id" not in self._place and not self._default_id:
            self._gathered.warn("no column names a trial; the sites belong to none")

    def _add_trials(self, columns: Sequence[Sequence[str]], count: int) -> None:
        gathered = self._gathered
        ids: Sequence[str] = [self._default_id] * count
        if "trial_id" in self._place:
            written = columns[self._place["trial_id"]]
            known = {text: _trial_id(text) for text in set(written)}
            ids = [known[text] for text in written]
        for row, trial_id in enumerate(ids):
            if trial_id and trial_id not in self._numbers:
                self._numbers[trial_id] = len(gathered.trials)
                gathered.trials.append(self._trial(trial_id, columns, row))
        gathered.trial_id.extend(ids)
        gathered.record.extend(self._numbers.get(trial_id, -1) for trial_id in ids)

    def _trial(self, trial_id: str, columns: Sequence[Sequence[str]], row: int) -> Trial:
        def text(target: str) -> str:
            at = self._place.get(target)
            return columns[at][row].strip() if at is not None else ""

        return Trial(
            trial_id=trial_id,
            title=text("trial_title"),
            status=status_word(text("trial_status")),
            phase=phase_word(text("phase")),
            sponsors=_sponsor(text("sponsor")),
            url=f"https://clinicaltrials.gov/study/{trial_id}" if _NCT.match(trial_id) else "",
        )

    def _split_places(
        self,
        columns: Sequence[Sequence[str]],
        values: dict[str, Sequence[str] | Sequence[float]],
    ) -> None:
        if "place" not in self._place:
            return
        written = columns[self._place["place"]]
        split = {text: split_place(text) for text in set(written)}
        for at, target in enumerate(("city", "state", "country")):
            values.setdefault(target, [split[text][at] for text in written])

    def _read_points(
        self,
        columns: Sequence[Sequence[str]],
        values: dict[str, Sequence[str] | Sequence[float]],
    ) -> None:
        if "point" in self._place:
            halves = [_halves(text) for text in columns[self._place["point"]]]
            values.setdefault("latitude", [as_number(first) for first, _ in halves])
            values.setdefault("longitude", [as_number(second) for _, second in halves])
        for target in ("latitude", "longitude"):
            if target in values:
                degrees = {text: as_number(text) for text in set(values[target])}
                values[target] = [degrees[text] for text in values[target]]
        if self._source is not None and "latitude" in values and "longitude" in values:
            sources = columns[self._source]
            for target in ("latitude", "longitude"):
                given = [as_number(value) for value in values[target]]
                values[target] = [
                    number if source.strip() == "registry" else NO_POINT
                    for number, source in zip(given, sources, strict=True)
                ]


def _sponsor(name: str) -> tuple[Sponsor, ...]:
    return (Sponsor(name),) if name else ()


def _trial_id(text: str) -> str:
    found = _NCT.search(text)
    return found[0].upper() if found else " ".join(text.split())[:80]


def _halves(text: str) -> tuple[str, str]:
    parts = re.split(r"\s*[,;]\s+|\s*;\s*|\s+|,", text.strip().strip("()[]"))
    return (parts[0], parts[1]) if len(parts) == 2 else ("", "")
