"""What is compared: an open list, a trial, or the sites that a filter or a stored view keeps."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl

import pandas as pd

from dashboard.errors import FilterError, SavedViewError, UploadError
from dashboard.library.lists import EarlierVersion, Library, OpenedList, merge
from dashboard.query.apply import apply
from dashboard.query.filters import Filters, parse, to_query
from dashboard.query.near import LocatePlace, find_centre
from dashboard.query.parameters import MAX_QUERY, VIEW, sort_by_similarity
from dashboard.sites.positions import LocateMany

LoadView = Callable[[str], str | None]
"""The query string of a stored view's key, as :meth:`SavedViews.load`."""

MAX_SUGGESTIONS = 10
_MAX_NAME = 200
_DAY = len("2026-11-30")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its name, its site table, and the date of each trial's record.

    ``list_name`` is set where it is one list as its file has it, or one trial.
    """

    name: str
    sites: pd.DataFrame
    dates: Mapping[str, str] = field(default_factory=dict)
    as_of: str = ""
    list_name: str = ""

    @property
    def trial_ids(self) -> frozenset[str]:
        """The trials of its sites."""
        return frozenset(str(trial_id) for trial_id in self.sites["trial_id"].unique())


def find_side(
    parameter: str,
    text: str,
    library: Library,
    locate_many: LocateMany | None,
    search: LocatePlace | None = None,
    *,
    load_view: LoadView | None = None,
) -> Side:
    """The side that a text names.

    An open list by its name (with or without its ending), as its file has it, or an earlier version
    of it (``NAME @ YYYY-MM-DD HH:MM:SS``); else a trial by its id, or an earlier version of it
    (``NCT01207388 @ YYYY-MM-DD``); else the query string of a filter, as in a link
    (``country=DE&status=Recruiting``), a stored view (``view=KEY``), or a whole link to the page.

    Args:
        parameter: the parameter's name, for errors.
        text: as given.
        library: the open lists.
        locate_many: finds places, for the sites of a list.
        search: finds the place of ``near``.
        load_view: loads stored views.

    Raises:
        FilterError: there is no such list, trial, filter or view.
    """
    wanted = text.strip()
    opened = find_list(library, wanted)
    if opened is not None:
        return build_list_side(opened, locate_many)
    version = find_version(library, wanted)
    if version is not None:
        return _build_version_side(parameter, *version, locate_many)
    trial_id = _find_trial_id(wanted, library)
    if trial_id:
        side = _filter_side(trial_id, library, Filters(trial=(trial_id,)), search)
        return replace(side, list_name=trial_id)
    is_link = wanted.startswith(("http://", "https://"))
    if "=" in wanted or is_link:
        query = wanted.partition("?")[2] if is_link else wanted.removeprefix("?")
        filters = parse(_load_pairs(parameter, query, load_view))
        name = "&".join(f"{key}={value}" for key, value in to_query(filters)) or "all sites"
        name = name if len(name) <= _MAX_NAME else f"{name[:_MAX_NAME]}…"
        return _filter_side(name, library, filters, search)
    lists = [one for one in library.lists if one.reading]
    versions = [version.name for one in lists for version in one.versions]
    known = [*(one.name for one in lists), *versions, *filter(None, library.trials)]
    allowed = sort_by_similarity(wanted, known)[:MAX_SUGGESTIONS]
    message = f"{parameter}={wanted[:80]}: no open list, trial or filter of this name"
    raise FilterError(parameter, wanted[:80], message, (*allowed, "country=DE&status=Recruiting"))


def _load_pairs(parameter: str, query: str, load_view: LoadView | None) -> list[tuple[str, str]]:
    """The pairs of a query string, with those of a stored view in place of its key."""
    found: list[tuple[str, str]] = []
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY):
        if name != VIEW or load_view is None:
            found.append((name, value))
            continue
        try:
            stored = load_view(value)
        except SavedViewError as error:
            message = f"{parameter}={VIEW}={value[:40]}: the stored view cannot be loaded: {error}"
            raise FilterError(parameter, value[:40], message) from error
        if stored is None:
            message = f"{parameter}={VIEW}={value[:40]}: no view is stored under this key"
            raise FilterError(parameter, value[:40], message)
        found += parse_qsl(stored, keep_blank_values=True, max_num_fields=MAX_QUERY)
    return found


def find_trial_sites(parameter: str, text: str, library: Library) -> pd.DataFrame:
    """The sites of a trial of the open lists, named by its id in any case.

    Args:
        parameter: the parameter's name, for errors.
        text: as given.
        library: the open lists.

    Raises:
        FilterError: there is no such trial.
    """
    trial_id = _find_trial_id(text.strip(), library)
    if not trial_id:
        allowed = sort_by_similarity(text, filter(None, library.trials))[:MAX_SUGGESTIONS]
        message = f"{parameter}={text[:80]}: no open trial has this id"
        raise FilterError(parameter, text[:80], message, allowed)
    return apply(library.table, Filters(trial=(trial_id,)))


def find_list_sites(parameter: str, text: str, library: Library) -> pd.DataFrame:
    """The sites of an open list in the library's site table, located as there.

    Args:
        parameter: the parameter's name, for errors.
        text: the list's name, with or without its ending.
        library: the open lists.

    Raises:
        FilterError: there is no such list.
    """
    opened = find_list(library, text.strip())
    if opened is None:
        names = [one.name for one in library.lists if one.reading is not None]
        message = f"{parameter}={text[:80]}: no open list has this name"
        allowed = sort_by_similarity(text, names)[:MAX_SUGGESTIONS]
        raise FilterError(parameter, text[:80], message, allowed)
    return apply(library.table, Filters(list=(opened.name,)))


def _find_trial_id(wanted: str, library: Library) -> str:
    return next((i for i in library.trials if i and i.casefold() == wanted.casefold()), "")


def find_list(library: Library, name: str) -> OpenedList | None:
    """The open list of a name; its ending may be left out where only one list is called so."""
    wanted = name.casefold()
    readable = [one for one in library.lists if one.reading is not None]
    equal = [one for one in readable if one.name.casefold() == wanted]
    equal = equal or [one for one in readable if Path(one.name).stem.casefold() == wanted]
    return equal[-1] if len(equal) == 1 or (equal and equal[0].name.casefold() == wanted) else None


def find_version(library: Library, name: str) -> tuple[OpenedList, EarlierVersion] | None:
    """The earlier version of a name, with its list; the newest if several are called so."""
    wanted = name.casefold()
    for one in library.lists:
        for version in one.versions:
            if version.name.casefold() == wanted:
                return one, version
    return None


def _build_version_side(
    parameter: str, one: OpenedList, version: EarlierVersion, locate_many: LocateMany | None
) -> Side:
    try:
        opened = version.open()
    except UploadError as error:
        raise FilterError(parameter, version.name, f"{version.name}: {error}") from error
    side = build_list_side(replace(opened, added=version.added), locate_many)
    return replace(side, name=version.name, list_name=version.trial_id or one.name)


def build_list_side(opened: OpenedList, locate_many: LocateMany | None) -> Side:
    """One list as its file has it, also where another open list has a newer record.

    Its sites have no facilities: these are joined with the other side's.
    """
    alone = merge([opened], locate_many, join_facilities=False)
    reading = opened.reading
    trials = reading.trials if reading else ()
    as_of = (reading.as_of if reading else "") or opened.added[:_DAY]
    dates = {trial.trial_id: trial.as_of or trial.last_updated or as_of for trial in trials}
    return Side(opened.name, alone.table, {"": as_of} | dates, alone.as_of or as_of, opened.name)


def build_library_side(name: str, library: Library) -> Side:
    """All lists of a library as one side, under a name such as their file's."""
    dates = {i: trial.as_of or trial.last_updated for i, trial in library.trials.items()}
    return Side(name, library.table, dates, library.as_of, Path(name).name)


def _filter_side(name: str, library: Library, filters: Filters, search: LocatePlace | None) -> Side:
    centre = find_centre(filters.near, search, library.table)
    sites = apply(library.table, filters, centre)
    dates = {i: trial.as_of or trial.last_updated for i, trial in library.trials.items()}
    shown = [dates[i] for i in map(str, sites["trial_id"].unique()) if dates.get(i)]
    return Side(name, sites, dates, max(shown, default=library.as_of))


def are_versions(a: Side, b: Side) -> bool:
    """Whether these are two versions of the same: two lists of the same trials, or of one name.

    Lists without trial ids are versions only by their name: two such lists of different names are
    as likely one's own candidates and a rival's sites.
    """
    if not a.list_name or not b.list_name or a.name == b.name:
        return False
    same_trials = a.trial_ids == b.trial_ids and bool(a.trial_ids - {""})
    return same_trials or a.list_name.casefold() == b.list_name.casefold()
