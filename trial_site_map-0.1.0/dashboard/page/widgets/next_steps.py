"""What to do next about a site: read the record, find the way, share; as buttons in HTML."""

from html import escape
from typing import NamedTuple
from urllib.parse import quote

import pandas as pd

from dashboard.page.widgets.markdown import safe_url, trial_url
from dashboard.sites.trial import Trial
from geocache.place import Flag, Precision


class Labels(NamedTuple):
    """What the buttons say."""

    record: str = "Read the record"
    directions: str = "Directions"
    to_town: str = "Directions to the town"
    maps: str = "Open in maps"
    share: str = "Share"
    copied: str = "Link copied"


def build_next_steps(
    site: pd.Series, trial: Trial | None, service: str, labels: Labels | None = None
) -> str:
    """The record, directions and sharing; ``assets/finder.js`` opens maps and shares.

    Args:
        site: a row of the site table.
        trial: its trial, if it is known.
        service: the operator's map service, as ``SITE_MAP_DIRECTIONS_URL``.
        labels: what the buttons say, in English by default.
    """
    words = labels or Labels()
    url = safe_url(trial_url(trial)) if trial else ""
    buttons = [_build_link(url, words.record)] if url else []
    buttons += build_directions(site, service, words)
    if trial and url:
        buttons.append(
            f"<button type='button' data-sm-share='{escape(url)}' "
            f"data-sm-title='{escape(trial.title)}' data-sm-done='{escape(words.copied)}'>"
            f"{escape(words.share)}</button>"
        )
    return f"<div class='sm-actions sm-next'>{''.join(buttons)}<output></output></div>"


def build_directions(site: pd.Series, service: str, labels: Labels) -> list[str]:
    """A link to the operator's map service if there is one, and one to the phone's own maps.

    Maps find the clinic by its name: its point is often only that of the town.
    """
    if pd.isna(site.latitude):
        return []
    name = "" if is_unnamed(site) else str(site.facility)
    place = ", ".join(part for part in (name, str(site.city), str(site.country)) if part)
    is_exact = site.precision == Precision.FACILITY
    is_found = is_exact or (name and (not service or "{place}" in service))
    label = labels.directions if is_found else labels.to_town
    point = f"{site.latitude:.5f},{site.longitude:.5f}"
    wanted = f"geo:{point}?q={quote(point if is_exact and not name else place)}"
    phone = f"<button type='button' data-sm-geo='{escape(wanted)}'>"
    if not service:
        return [f"{phone}{escape(label)}</button>"]
    values = {"latitude": f"{site.latitude:.5f}", "longitude": f"{site.longitude:.5f}"}
    url = service.format(**values, place=quote(place, safe=""))
    return [_build_link(url, label), f"{phone}{escape(labels.maps)}</button>"]


def is_unnamed(site: pd.Series) -> bool:
    """Whether a placeholder, such as ``Research Site``, stands in place of the facility's name."""
    return str(Flag.PLACEHOLDER_FACILITY) in str(site["flags"]).split(";")


def _build_link(url: str, label: str) -> str:
    target = "target='_blank' rel='noopener noreferrer'"
    return f"<a class='sm-button' href='{escape(url)}' {target}>{escape(label)}</a>"
