"""Reads plain tables of sites with any columns, and AACT's `facilities`: one site per row."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from dashboard.readers.common.builder import NO_POINT, ReadingBuilder
from dashboard.readers.common.coded_column import CodedColumn, ColumnSource
from dashboard.readers.common.messages import shorten
from dashboard.readers.common.missing import blank_missing, is_missing
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.readers.tables.list_cells import ListCells
from dashboard.readers.tables.one_country import conclude_country
from dashboard.readers.tables.raw_table import RawTable, is_aact
from dashboard.readers.tables.row_repair import FillDown, RowRepair
from dashboard.readers.tables.row_types import RowClassifier, RowType, find_blank_rows
from dashboard.readers.tables.several_sites import SiteSplitter, fill_parts
from dashboard.readers.tables.site_values import (
    PlaceColumn,
    PointColumns,
    TownInName,
    Values,
    split_facilities,
)
from dashboard.sites.decisions import DECISION_COLUMNS
from dashboard.sites.fields import DISTANCE
from dashboard.sites.reading import CONSTANT, READ_COLUMNS
from dashboard.sites.table import COLUMNS
from dashboard.sites.trial import Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, status_word
from geocache.tables.degrees import BOUNDS

AACT_FORMAT = "AACT facilities"

_ROWS_AT_ONCE = 20_000
_CONCLUDED_FROM = 200
_MAX_LISTED = 50
_LISTED_NAME = 80
_OF_A_SAVED_TABLE = {"place_name", "precision", "flags", "reason"}
_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_SITE_TARGETS = READ_COLUMNS[1:]


NO_TRIAL = "no column names a trial; the sites have none"


def read_site_list(  # noqa: PLR0917 - what is known of a table from around it
    table: RawTable,
    mapping: Mapping[str, str],
    builder: ReadingBuilder,
    texts: Sequence[str],
    country: str = "",
    progress: Callable[[int], None] | None = None,
    *,
    chosen: bool = False,
) -> None:
    """Read the sites of a table, one per row.

    Totals, headings between rows and repeated headers are skipped. Rows of another width than the
    header are repaired if only one way fits, else read as far as possible.

    Args:
        table: the table, its first rows sampled.
        mapping: which column is used for which target.
        builder: takes the sites and their trials.
        texts: searched for the trial if no column, heading or title names it;
            ``builder.lacks_trial`` is set if none does.
        country: that of a table without a country column; concluded from its places if empty.
        progress: called with the number of rows read.
        chosen: True if a person chose the columns; then no country is concluded.
    """
    header = table.header
    given = mapping.get("country", "")
    constant = given.startswith(CONSTANT) and given not in header
    mapping = {
        target: name for target, name in mapping.items() if target != "country" or not constant
    }
    place = {target: header.index(column) for target, column in mapping.items()}
    builder.columns = dict(mapping)
    if constant:
        country = given.removeprefix(CONSTANT)
        builder.columns["country"] = given
    elif not chosen and not country and not {"country", "place"} & set(place):
        country = _conclude_country(table, place, texts, builder)
    builder.header = tuple(header)
    above = " ".join(" ".join(row) for row in table.sample[: table.header_at or 0])
    reader = _RowReader(place, table, builder, find_trial_id([above, *texts]), country)
    for number in _read_rows(table, reader):
        builder.flush()
        if progress is not None:
            progress(number)
    reader.finish()


def _read_rows(table: RawTable, reader: "_RowReader") -> Iterator[int]:
    """Add all rows to the reader; yields, after some at a time, how many there were."""
    source = table.rest if isinstance(table.rest, ColumnSource) else None
    width = len(table.header)
    waiting = table.first_rows
    number = 0
    while True:
        start = number + table.rows_above + 1
        first, waiting = waiting[:_ROWS_AT_ONCE], waiting[_ROWS_AT_ONCE:]
        wanted = _ROWS_AT_ONCE - len(first)
        columns = source.read_columns(wanted, width) if source is not None and wanted else None
        if columns is not None and all(len(row) == width for row in first):
            above = [_encode_rows(first)] if first else []
            columns = list(map(CodedColumn.concatenate, zip(*above, columns, strict=True)))
            reader.add_columns(columns, start)
            number += len(columns[0])
        else:
            below = zip(*columns, strict=True) if columns is not None else table.rest
            rows = [*first, *map(list, islice(below, wanted))]
            if not rows:
                return
            reader.add(rows, start)
            number += len(rows)
        yield number


def _find_own_columns(header: Sequence[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """The columns that are none of ours, each with its position.

    A site table that this program wrote has columns that are made anew; decisions are kept.
    """
    if is_aact(header):
        return {}
    made_anew: set[str] = set()
    if set(header) >= _OF_A_SAVED_TABLE:
        made_anew = {*COLUMNS, DISTANCE} - {*DECISION_COLUMNS}
    used = {*mapping.values(), *made_anew}
    return {name: at for at, name in enumerate(header) if name not in used}


def _conclude_country(
    table: RawTable, place: Mapping[str, int], texts: Sequence[str], builder: ReadingBuilder
) -> str:
    """The country of all rows where their places leave no doubt, with a warning."""
    header = table.header
    classifier = RowClassifier(place, header)
    rows = _list_sites(classifier, table.first_rows[:_CONCLUDED_FROM], len(header))
    found = conclude_country(header, rows, place, texts[0] if texts else "")
    if found is None:
        return ""
    builder.columns["country"] = f"{CONSTANT}{found.country}"
    builder.warn(
        f"no column names a country; these look like {found.country}, by their {found.why}, and "
        "are read so; another can be chosen where columns are matched"
    )
    return found.country


class _RowReader:
    """Adds rows to the builder in chunks, column by column."""

    def __init__(
        self,
        place: Mapping[str, int],
        table: RawTable,
        builder: ReadingBuilder,
        trial_id: str,
        country: str,
    ) -> None:
        header = table.header
        self._place = place
        self._width = len(header)
        self._own = _find_own_columns(header, {t: header[at] for t, at in place.items()})
        if self._own:
            listed = shorten([name[:_LISTED_NAME] for name in self._own], _MAX_LISTED)
            builder.notes.append(f"columns kept as the list's own: {listed}")
        self._builder = builder
        self._trial_id = trial_id
        self._country = country
        self._heading = ""
        self._numbers: dict[str, int] = {}
        self._uneven = RowRepair(place, self._width, table.delimiter)
        self._uneven.learn(table.first_rows)
        self._classifier = RowClassifier(place, header)
        self._fill_down = FillDown(
            place, _list_sites(self._classifier, table.first_rows, self._width)
        )
        self._notes: list[str] = []
        self._several_trials = 0
        self._splitter = SiteSplitter(place, header)
        self._projection = table.projection
        self._lost_points = 0
        self._lists = ListCells(at for target, at in place.items() if target != "point")
        self._places = PlaceColumn(place)
        self._points = PointColumns(place, header)
        self._towns = TownInName(place)

    def add(self, chunk: list[list[str]], first: int) -> None:
        """Add rows; ``first`` is the row number of the first of them in the file."""
        if all(len(row) == self._width for row in chunk):
            self.add_columns(_encode_rows(chunk), first)
            return
        numbers = [first + at for at, row in enumerate(chunk) if any(row)]
        rows = [
            row if len(row) == self._width else self._uneven.repair(row, number)
            for row, number in zip(filter(any, chunk), numbers, strict=True)
        ]
        self._add_filled(_encode_rows(rows), numbers)

    def add_columns(self, columns: list[CodedColumn], first: int) -> None:
        """Add rows of the header's width, given as columns; blank rows are left out."""
        numbers: Sequence[int] = range(first, first + len(columns[0]) if columns else first)
        blank = find_blank_rows(columns, _find_empty)
        if blank is not None:
            columns = [column.take(~blank) for column in columns]
            numbers = [number for number, no in zip(numbers, blank.tolist(), strict=True) if not no]
        self._add_filled(columns, numbers)

    def _add_filled(self, columns: list[CodedColumn], numbers: Sequence[int]) -> None:
        if not numbers:
            return
        self._builder.rows_read += len(numbers)
        types: dict[int, RowType] = {}
        for at in self._classifier.find_suspects(columns):
            row, *below = (
                [column[one] for column in columns] for one in (at, at + 1) if one < len(numbers)
            )
            found = self._classifier.classify(row, below[0] if below else ())
            if found.name != "site":
                types[at] = found
        for run in self._iter_runs(numbers, types):
            if run == slice(0, len(numbers)):
                self._add_rows(columns, numbers)
            elif run.start < run.stop:
                self._add_rows([column.take(run) for column in columns], numbers[run])

    def _iter_runs(self, numbers: Sequence[int], types: Mapping[int, RowType]) -> Iterator[slice]:
        """The runs of sites between other rows; a heading applies to the rows below it."""
        start = 0
        for at, (name, text) in types.items():
            yield slice(start, at)
            start = at + 1
            if name == "country":
                self._country = text
            elif name == "trial":
                self._trial_id = self._heading = text
            elif name == "note":
                self._notes.append(f"row {numbers[at]} ({text[:60]!r})")
        yield slice(start, len(numbers))

    def _add_rows(self, columns: list[CodedColumn], numbers: Sequence[int]) -> None:
        columns, numbers = self._lists.expand(columns, numbers)
        self._blank_missing(columns)
        if self._projection is not None:
            latitudes, longitudes, lost = self._projection.convert(columns)
            columns[self._place["latitude"]] = CodedColumn.encode(latitudes)
            columns[self._place["longitude"]] = CodedColumn.encode(longitudes)
            self._lost_points += lost
        for target in ("trial_id", "country"):
            if target in self._place:
                at = self._place[target]
                columns[at] = self._fill_down.fill(target, columns[at])
        columns, numbers, parts = self._splitter.split(columns, numbers, self._country)
        count = len(numbers)
        builder = self._builder
        builder.site_number.extend([""] * (len(builder) - len(builder.site_number)))
        values: Values = {
            target: columns[self._place[target]]
            for target in _SITE_TARGETS
            if target in self._place
        }
        self._add_trials(columns, count)
        self._places.add(columns, values)
        if self._country:
            given = values.get("country", CodedColumn.repeat("", count))
            values["country"] = given.change({"": self._country})
        self._towns.add(values)
        fill_parts(parts, values, count)
        degrees = self._points.parse(columns, values, numbers)
        self._split_facilities(values)
        for target in _SITE_TARGETS:
            if target in BOUNDS:
                found = degrees.get(target, np.full(count, NO_POINT))
                getattr(builder, target).extend(found.tolist())
            else:
                nothing = CodedColumn.repeat("", count)
                getattr(builder, target).extend(values.get(target, nothing))
        own = {name: columns[at] for name, at in self._own.items()}
        builder.own.add(own, len(builder) - count)

    def _blank_missing(self, columns: list[CodedColumn]) -> None:
        named = {target: columns[at] for target, at in self._place.items()}
        for target, column in blank_missing(named).items():
            columns[self._place[target]] = column

    def _split_facilities(self, values: Values) -> None:
        if "facility" not in values:
            return
        written = values["facility"]
        numbers, plain = split_facilities(written.texts, self._builder.warn)
        if not plain:
            return
        values["facility"] = written.change(plain)
        given = values.get("site_number", [""] * len(written))
        values["site_number"] = CodedColumn.encode(
            [number or numbers.get(text, "") for number, text in zip(given, written, strict=True)]
        )

    def finish(self) -> None:
        """Add warnings about the whole table."""
        warn = self._builder.warn
        self._uneven.report(warn)
        self._lists.report(warn)
        if self._lost_points:
            warn(f"{self._lost_points} points in metres could not be converted to degrees")
        self._splitter.report(warn)
        if self._notes:
            warn(f"rows without a site, skipped: {shorten(self._notes)}")
        if self._several_trials:
            warn(f"{self._several_trials} rows name more than one trial; the first of each is used")
        for target, count in self._fill_down.counts.items():
            if count:
                warn(
                    f"{target} is only on the first row of a group; {count} rows took it from there"
                )
        self._points.report(warn)
        self._towns.report(warn)

    def _add_trials(self, columns: Sequence[CodedColumn], count: int) -> None:
        builder = self._builder
        ids = CodedColumn.repeat(self._trial_id, count)
        if "trial_id" in self._place:
            written = columns[self._place["trial_id"]]
            ids = written.map(lambda text: _parse_trial_id(text) or self._heading)
            several = {text for text in written.texts if len(set(_NCT.findall(text))) > 1}
            self._several_trials += written.count_rows(several)
        elif not self._trial_id:
            builder.lacks_trial = True
        for trial_id, row in zip(ids.texts, ids.list_first_rows(), strict=True):
            if trial_id and trial_id not in self._numbers:
                self._numbers[trial_id] = len(builder.trials)
                builder.trials.append(self._trial(trial_id, columns, row))
        builder.trial_id.extend(ids)
        index = np.array([self._numbers.get(trial_id, -1) for trial_id in ids.texts], np.int64)
        builder.trial_index.extend(index[ids.codes].tolist() if count else ())

    def _trial(self, trial_id: str, columns: Sequence[CodedColumn], row: int) -> Trial:
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


def _encode_rows(rows: Iterable[Sequence[str]]) -> list[CodedColumn]:
    return [CodedColumn.encode(column) for column in zip(*rows, strict=True)]


def _find_empty(texts: Sequence[str]) -> set[str]:
    return {""} if "" in texts else set()


def _list_sites(
    classifier: RowClassifier, rows: Sequence[Sequence[str]], width: int
) -> list[list[str]]:
    """The sampled rows that are sites, padded to the header's width."""
    even = [[*row, *[""] * (width - len(row))] for row in rows if any(row) and len(row) <= width]
    suspects = set(classifier.find_suspects(_encode_rows(even))) if even else set()
    return [
        row
        for at, row in enumerate(even)
        if at not in suspects or classifier.classify(row).name == "site"
    ]


def _sponsor(name: str) -> tuple[Sponsor, ...]:
    return (Sponsor(name),) if name else ()


def _parse_trial_id(text: str) -> str:
    if is_missing(text):
        return ""
    found = _NCT.search(text)
    return found[0].upper() if found else " ".join(text.split())[:80]
