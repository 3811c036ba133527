"""Reads the ISRCTN registry's XML: trials with their centres, and their sponsors."""

from collections.abc import Iterator
from typing import Any

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.clean import as_dict, as_text
from dashboard.readers.common.dates import parse_date
from dashboard.sites.trial import Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, status_word

FORMAT = "ISRCTN XML"


def is_isrctn(tree: dict[str, Any]) -> bool:
    """True for a list of trials, or one trial, as the registry's API gives them."""
    return any(True for _ in _iter_trials(tree))


def read_isrctn(tree: dict[str, Any], builder: ReadingBuilder) -> None:
    """Read the trials and their centres; a trial without one gives a warning."""
    for full, trial in _iter_trials(tree):
        record = _build_trial(full, trial)
        builder.add_trial(record)
        before = len(builder)
        centres = as_dict(as_dict(trial.get("participants")).get("trialCentres"))
        for centre in _as_items(centres.get("trialCentre")):
            get = as_dict(centre).get
            builder.add_site(
                as_text(get("name")),
                as_text(get("city")),
                as_text(get("state")),
                as_text(get("zip")),
                as_text(get("country")),
            )
        if len(builder) == before:
            builder.warn(f"{record.trial_id}: the record lists no trial centres")
        builder.flush()


def _as_items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def _iter_trials(tree: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each `fullTrial` and the `trial` in it, also of several documents in one file."""
    for document in [tree, *_as_items(tree.get("documents"))]:
        top = as_dict(document)
        for root in (as_dict(top.get("allTrials")), top):
            for full in map(as_dict, _as_items(root.get("fullTrial"))):
                trial = as_dict(full.get("trial"))
                if "isrctn" in trial:
                    yield full, trial


def _build_trial(full: dict[str, Any], trial: dict[str, Any]) -> Trial:
    number = trial.get("isrctn")
    digits = as_text(as_dict(number).get("value") if isinstance(number, dict) else number)
    trial_id = as_text(trial.get("publicIdentifierCanonical")) or f"ISRCTN{digits}"
    about = as_dict(trial.get("trialDescription"))
    design = as_dict(trial.get("trialDesign"))
    participants = as_dict(trial.get("participants"))
    countries = as_dict(participants.get("recruitmentCountries")).get("country")
    conditions = as_dict(trial.get("conditions")).get("condition")
    sponsors = [as_text(as_dict(one).get("organisation")) for one in _as_items(full.get("sponsor"))]
    return Trial(
        trial_id=trial_id,
        title=as_text(about.get("title")),
        official_title=as_text(about.get("scientificTitle")),
        acronym=as_text(about.get("acronym")),
        status=status_word(as_text(participants.get("recruitmentStatusOverride"))),
        phase=phase_word(as_text(as_dict(trial.get("interventions")).get("phase"))),
        study_type=as_text(design.get("primaryStudyDesign")),
        start_date=parse_date(as_text(participants.get("recruitmentStart"))),
        last_updated=parse_date(as_text(trial.get("lastUpdated"))),
        conditions=tuple(
            text
            for one in _as_items(conditions)
            if (text := as_text(as_dict(one).get("description")))
        ),
        sponsors=tuple(Sponsor(name) for name in sponsors if name),
        countries=tuple(dict.fromkeys(filter(None, map(as_text, _as_items(countries))))),
        url=f"https://www.isrctn.com/{trial_id}",
    )
