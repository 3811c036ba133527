"""A trial and a site in a patient's words."""

from dashboard.page.finder.language import translate as _
from dashboard.query.conditions.lookup import find_meaning
from dashboard.query.near import KM_PER
from dashboard.sites.eligibility import accepts_age, accepts_sex, states_criteria
from dashboard.sites.trial import Trial
from geocache.place import Precision

IN_TOWN_KM = 3.0
"""Nearer than this, a distance to the middle of a town says nothing but the town."""

MAX_TREATMENTS = 3
MAX_CONDITIONS = 3


def describe_conditions(trial: Trial, language: str) -> str:
    """The conditions in everyday words, with the record's own in brackets where they differ."""
    shown: dict[str, None] = {}
    for text in trial.conditions[:MAX_CONDITIONS]:
        meaning = find_meaning(text)
        known = not meaning.guessed and any(one.words for one in meaning.concepts)
        label = meaning.label_in(language) if known else text
        same = label.casefold() == text.casefold()
        shown[text if same else f"{label} ({text})"] = None
    more = ", …" if len(trial.conditions) > MAX_CONDITIONS else ""
    return ", ".join(shown) + more


def describe_phase(phase: str) -> str:
    """What a phase means; empty for a trial without one."""
    texts = {
        "Early Phase 1": _("First step: a new treatment is tried in very few people"),
        "Phase 1": _("Phase 1: is it safe?"),
        "Phase 1/Phase 2": _("Phase 1 and 2: is it safe, and does it work?"),
        "Phase 2": _("Phase 2: does it work?"),
        "Phase 2/Phase 3": _("Phase 2 and 3: does it work better than what there is?"),
        "Phase 3": _("Phase 3: does it work better than what there is?"),
        "Phase 4": _("Phase 4: the treatment is already approved"),
    }
    return texts.get(phase, "")


def describe_treatment(trial: Trial) -> str:
    """What is given or done, as the record names it."""
    names = list(dict.fromkeys(one.name for one in trial.interventions if one.name))
    more = ", …" if len(names) > MAX_TREATMENTS else ""
    return ", ".join(names[:MAX_TREATMENTS]) + more


def describe_distance(distance_km: float, precision: str, unit: str) -> str:
    """A distance as exact as the position is, and what it is measured to."""
    exact = precision == Precision.FACILITY
    if not exact and distance_km < IN_TOWN_KM:
        return _("in your town")
    number = distance_km / KM_PER[unit]
    rounded = f"{number:.0f}" if number < 100 else f"{round(number, -1):.0f}"
    shown = f"{rounded if rounded != '0' else '1'} {_('miles') if unit == 'miles' else unit}"
    if exact or precision == Precision.POSTCODE:
        return _("about {distance}", distance=shown)
    return _("about {distance} to the middle of the town", distance=shown)


def describe_status(status: str, *, recruiting: bool) -> str:
    """Whether the site takes people now; ``status`` as in the site table."""
    if recruiting:
        return _("Looking for participants now")
    if status == "Not yet recruiting":
        return _("Not looking for participants yet")
    return _("Not looking for participants now")


def describe_people(trial: Trial, age: float | None, sex: str) -> str:
    """Whom the trial takes, and whether the person fits as far as age and sex say."""
    if not states_criteria(trial):
        return _("Age and sex: not stated in the record")
    lowest, highest = trial.minimum_age, trial.maximum_age
    low, high = _parse_years(lowest), _parse_years(highest)
    if low and high:
        ages = _("{lowest} to {highest} years", lowest=low, highest=high)
    elif lowest and highest:
        ages = _("{lowest} to {highest}", lowest=_age(lowest), highest=_age(highest))
    elif lowest:
        ages = _("from {lowest}", lowest=_age(lowest))
    elif highest:
        ages = _("up to {highest}", highest=_age(highest))
    else:
        ages = _("any age")
    stated = trial.sex.strip().casefold()
    who = {"female": _("women"), "male": _("men")}.get(stated, _("women and men"))
    fits = (age is None or accepts_age(trial, age)) and (not sex or accepts_sex(trial, sex))
    asked = age is not None or sex
    fit = (
        (" – " + (_("age and sex fit") if fits else _("age or sex does not fit"))) if asked else ""
    )
    text = f"{who}, {ages}{fit}"
    return text[:1].upper() + text[1:]


def _parse_years(text: str) -> str:
    """``18 Years`` -> ``18``; empty for any other unit."""
    number, _space, unit = text.strip().partition(" ")
    return number if unit.casefold() in {"year", "years"} else ""


def _age(text: str) -> str:
    """``18 Years`` in the session's language."""
    number, _space, unit = text.strip().partition(" ")
    if number == "1":
        one = {"year": _("1 year"), "month": _("1 month"), "week": _("1 week"), "day": _("1 day")}
        return one.get(unit.casefold().rstrip("s"), text)
    units = {
        "year": _("{number} years"),
        "month": _("{number} months"),
        "week": _("{number} weeks"),
        "day": _("{number} days"),
    }
    form = units.get(unit.casefold().rstrip("s"), "")
    return form.replace("{number}", number) if form else text
