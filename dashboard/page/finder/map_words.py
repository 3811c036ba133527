"""The finder's map in the session's language: its own words, and those of its sites."""

from dashboard.maps.basemap import MapLanguage, list_country_names
from dashboard.maps.layer import SiteWords
from dashboard.maps.places import describe_doubt
from dashboard.page.finder import wording
from dashboard.page.finder.cards import Card, name_country
from dashboard.page.finder.language import current
from dashboard.page.finder.language import translate as _
from dashboard.page.widgets.next_steps import is_unnamed
from geocache.place import Precision


def build_map_language() -> MapLanguage:
    """What the map says of itself; its scripts look the texts up by their English form."""
    words = {
        "1 site": _("1 site"),
        "{number} sites": _("{number} sites"),
        "{sites}, close together": _("{sites}, close together"),
        "{sites}, one position": _("{sites}, one position"),
        "{sites} around {place}": _("{sites} around {place}"),
        "… and {number} more": _("… and {number} more"),
        "The map has expired. Reload the page.": _("The map has expired. Reload the page."),
        "Use {key} + scroll to zoom the map": _("Use {key} + scroll to zoom the map"),
        "Use two fingers to move the map": _("Use two fingers to move the map"),
        "Show all sites": _("Show all sites"),
        "Full screen": _("Full screen"),
        "Zoom in": _("Zoom in"),
        "Zoom out": _("Zoom out"),
        "Close popup": _("Close popup"),
    }
    credit_lines = (
        _("Borders {borders}, not a statement on their status"),
        _("Rivers {rivers}"),
        _("Places {places}"),
    )
    return MapLanguage(
        current(),
        _("Map of the places on the cards"),
        words,
        list_country_names(current()),
        credit_lines,
    )


def describe_site(card: Card) -> SiteWords:
    """A card's site in a popup: the clinic, then the trial, whether it takes people, and where."""
    site = card.site
    named = site.facility and not is_unnamed(site)
    status = wording.describe_status(str(site.status), recruiting=card.found.recruiting)
    parts = (
        card.trial.title or card.trial.trial_id,
        status,
        describe_position(str(site.precision)),
    )
    return SiteWords(
        title=str(site.facility) if named else _("the record does not name the clinic"),
        detail=" · ".join(part for part in parts if part),
        place=", ".join(part for part in (str(site.city), name_country(card)) if part),
        doubt=_("The place on the map may be wrong.") if describe_doubt(str(site.flags)) else "",
    )


def describe_position(precision: str) -> str:
    """What a point on the map stands for, unless it is the clinic itself."""
    if precision in {Precision.FACILITY, ""}:
        return ""
    if precision == Precision.POSTCODE:
        return _("the map shows the postcode area, not the door")
    if precision == Precision.CITY:
        return _("the map shows the town, not the door")
    return _("the map shows the region only")
