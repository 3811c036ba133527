"""Plain tables of sites with any columns, and AACT's `facilities`: a row a site."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from dashboard.readers.common.builder import NO_POINT, Gathered
from dashboard.readers.common.job import listed
from dashboard.readers.common.trial_number import trial_named
from dashboard.readers.tables.row_kinds import Kind, RowKinds
from dashboard.readers.tables.row_repair import FilledOnce, UnevenRows
from dashboard.readers.tables.several_sites import SeveralSites, put_parts
from dashboard.readers.tables.site_values import PlacesInOneCell, Points, Values, split_facilities
from dashboard.readers.tables.tables import Table
from dashboard.sites.reading import READ_COLUMNS
from dashboard.sites.trial import Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, status_word

AACT_FORMAT = "AACT facilities"

_ROWS_AT_ONCE = 20_000
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_SITE_TARGETS = READ_COLUMNS[1:]


NO_TRIAL = "no column names a trial; the sites belong to none"


def gather_table(  # noqa: PLR0917 - what is known of a table from around it
    table: Table,
    mapping: Mapping[str, str],
    gathered: Gathered,
    texts: Sequence[str],
    country: str = "",
    progress: Callable[[int], None] | None = None,
) -> None:
    """A site a row; totals, headings between rows and the header repeated are none.

    Rows of another width than the header are put right where one way fits, else read as far as
    they go. Where no column names the trial it is that of a heading above, of the title, or of the
    first of ``texts`` that names one; ``gathered.nameless`` where none does. ``country`` is that of
    a list without such a column. ``progress`` is called with the number of rows read.
    """
    header = table.header
    place = {target: header.index(column) for target, column in mapping.items()}
    gathered.columns = dict(mapping)
    gathered.header = tuple(header)
    above = " ".join(" ".join(row) for row in table.sample[: table.header_at or 0])
    adder = _Adder(place, table, gathered, trial_named([above, *texts]), country)
    rows = _chained(table)
    number = 0
    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        adder.add(chunk, number + table.rows_above + 1)
        number += len(chunk)
        gathered.between()
        if progress is not None:
            progress(number)
    adder.finish()


def _chained(table: Table) -> Iterator[list[str]]:
    yield from table.first_rows
    yield from table.rest


class _Adder:
    """Adds chunks of rows, column by column."""

    def __init__(
        self,
        place: Mapping[str, int],
        table: Table,
        gathered: Gathered,
        trial_id: str,
        country: str,
    ) -> None:
        header = table.header
        self._place = place
        self._width = len(header)
        self._gathered = gathered
        self._trial_id = trial_id
        self._country = country
        self._heading = ""
        self._numbers: dict[str, int] = {}
        self._uneven = UnevenRows(place, self._width, table.sign)
        self._uneven.learn(table.first_rows)
        self._kinds = RowKinds(place, header)
        self._once = FilledOnce(place, _sites_of(self._kinds, table.first_rows, self._width))
        self._notes: list[str] = []
        self._several = 0
        self._sites = SeveralSites(place, header)
        self._places = PlacesInOneCell(place)
        self._points = Points(place, header)

    def add(self, chunk: list[list[str]], first: int) -> None:
        """Add rows; ``first`` is the row in the file of the first of them."""
        rows = [row for row in chunk if any(row)]
        if len(rows) < len(chunk) or any(len(row) != self._width for row in rows):
            numbers = [first + at for at, row in enumerate(chunk) if any(row)]
            rows = [
                row if len(row) == self._width else self._uneven.mended(row, number)
                for row, number in zip(rows, numbers, strict=True)
            ]
        else:
            numbers = list(range(first, first + len(rows)))
        if not rows:
            return
        columns: list[Sequence[str]] = list(zip(*rows, strict=True))
        odd = self._kinds.odd(columns)
        below = [*rows[1:], []] if odd else []
        told = {at: self._kinds.kind(rows[at], below[at]) for at in odd}
        kinds = {at: kind for at, kind in told.items() if kind.what != "site"}
        if not kinds:
            self._add_rows(columns, numbers)
            return
        for part, part_numbers in self._runs(rows, numbers, kinds):
            if part:
                self._add_rows(list(zip(*part, strict=True)), part_numbers)

    def _runs(
        self, rows: list[list[str]], numbers: list[int], kinds: Mapping[int, Kind]
    ) -> Iterator[tuple[list[list[str]], list[int]]]:
        """Stretches of sites; a heading between two holds for what follows it."""
        start = 0
        for at, (what, text) in kinds.items():
            yield rows[start:at], numbers[start:at]
            start = at + 1
            if what == "country":
                self._country = text
            elif what == "trial":
                self._trial_id = self._heading = text
            elif what == "note":
                self._notes.append(f"row {numbers[at]} ({text[:60]!r})")
        yield rows[start:], numbers[start:]

    def _add_rows(self, columns: list[Sequence[str]], numbers: Sequence[int]) -> None:
        for target in ("trial_id", "country"):
            if target in self._place:
                at = self._place[target]
                columns[at] = self._once.fill(target, columns[at])
        columns, numbers, parted = self._sites.parted(columns, numbers, self._country)
        count = len(numbers)
        gathered = self._gathered
        gathered.site_number.extend([""] * (len(gathered) - len(gathered.site_number)))
        values: Values = {
            target: columns[self._place[target]]
            for target in _SITE_TARGETS
            if target in self._place
        }
        self._add_trials(columns, count)
        self._places.add(columns, values)
        if self._country:
            given = values.get("country", [""] * count)
            values["country"] = [str(text) or self._country for text in given]
        put_parts(parted, values, count)
        self._points.add(columns, values, numbers)
        self._split_facilities(values)
        for target in _SITE_TARGETS:
            nothing: list[str] | list[float] = (
                [NO_POINT] * count if target in ("latitude", "longitude") else [""] * count
            )
            getattr(gathered, target).extend(values.get(target, nothing))

    def _split_facilities(self, values: Values) -> None:
        if "facility" not in values:
            return
        written = [str(text) for text in values["facility"]]
        numbers, plain = split_facilities(written, self._gathered.warn)
        if not plain:
            return
        values["facility"] = [plain.get(text, text) for text in written]
        given = [str(text) for text in values.get("site_number", [""] * len(written))]
        values["site_number"] = [
            number or numbers.get(text, "") for number, text in zip(given, written, strict=True)
        ]

    def finish(self) -> None:
        """Say what was odd about the whole."""
        warn = self._gathered.warn
        self._uneven.report(warn)
        self._sites.report(warn)
        if self._notes:
            warn(f"left out, as no sites: {listed(self._notes)}")
        if self._several:
            warn(f"{self._several} rows name more than one trial; the first of each is used")
        for target, count in self._once.filled.items():
            if count:
                warn(f"{target} stands on the first row of a group; {count} rows took it over")
        self._points.report(warn)

    def _add_trials(self, columns: Sequence[Sequence[str]], count: int) -> None:
        gathered = self._gathered
        ids: Sequence[str] = [self._trial_id] * count
        if "trial_id" in self._place:
            written = columns[self._place["trial_id"]]
            known = {text: _trial_id(text) for text in set(written)}
            ids = [known[text] or self._heading for text in written]
            several = {text for text in known if len(set(_NCT.findall(text))) > 1}
            self._several += sum(text in several for text in written) if several else 0
        elif not self._trial_id:
            gathered.nameless = True
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


def _sites_of(kinds: RowKinds, rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    """The sampled rows that are sites, of the header's width."""
    even = [[*row, *[""] * (width - len(row))] for row in rows if any(row) and len(row) <= width]
    odd = set(kinds.odd(list(zip(*even, strict=True)))) if even else set()
    return [row for at, row in enumerate(even) if at not in odd or kinds.kind(row).what == "site"]


def _sponsor(name: str) -> tuple[Sponsor, ...]:
    return (Sponsor(name),) if name else ()


def _trial_id(text: str) -> str:
    found = _NCT.search(text)
    return found[0].upper() if found else " ".join(text.split())[:80]
