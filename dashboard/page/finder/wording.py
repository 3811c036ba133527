"""A trial and a site in a patient's words."""

from dashboard.page.finder.language import translate as _
from dashboard.query.near import KM_PER
from dashboard.sites.eligibility import accepts_age, accepts_sex, states_criteria
from dashboard.sites.trial import Trial
from geocache.place import Precision

IN_TOWN_KM = 3.0
"""Nearer than this, a distance to the middle of a town says nothing but the town."""

MAX_TREATMENTS = 3
MAX_CONDITIONS = 3


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
    shown = f"{rounded if rounded != '0' else '1'} {unit}"
    if exact:
        return _("about {distance}", distance=shown)
    return _("about {distance} to the middle of the town", distance=shown)


def describe_status(*, recruiting: bool) -> str:
    """Whether the site takes people now."""
    return (
        _("Looking for participants now") if recruiting else _("Not looking for participants now")
    )


def describe_people(trial: Trial, age: float | None, sex: str) -> str:
    """Whom the trial takes, and whether the person fits as far as age and sex say."""
    if not states_criteria(trial):
        return _("Age and sex: not stated in the record")
    lowest, highest = trial.minimum_age, trial.maximum_age
    if lowest and highest:
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
    fit = (" – " + (_("fits you") if fits else _("does not fit you"))) if asked else ""
    return f"{who}, {ages}{fit}"


def _age(text: str) -> str:
    """``18 Years`` in the session's language."""
    number, _space, unit = text.strip().partition(" ")
    units = {
        "year": _("{number} years"),
        "month": _("{number} months"),
        "week": _("{number} weeks"),
        "day": _("{number} days"),
    }
    form = units.get(unit.casefold().rstrip("s"), "")
    return form.replace("{number}", number) if form else text
