"""Conditions are found by any of their words, and only they."""

import csv
import random
from pathlib import Path

import pytest

from dashboard.query.conditions.index import ConditionIndex
from dashboard.query.conditions.lookup import find_meaning, find_trials
from dashboard.query.conditions.phrases import to_key
from dashboard.query.conditions.recognition import find_headings
from dashboard.query.conditions.vocabulary import LANGUAGES, load_vocabulary
from dashboard.sites.trial import Trial
from harness.condition_records import TEXTS, build_trials

WORDS = Path(__file__).with_name("lay_words.csv")
MIN_RECALL = MIN_PRECISION = 0.97
MIN_LAY_WORDS = 0.95
MIN_TYPOS, MAX_WRONG = 0.9, 0.01


def test_records_without_headings_are_found_as_those_with() -> None:
    vocabulary = load_vocabulary()
    hidden = ConditionIndex(build_trials(with_mesh=False))
    truth = build_trials(with_mesh=True)
    right = found_in_all = wanted_in_all = 0
    for heading in filter(None, TEXTS):
        found = hidden.find_trials([heading])
        wanted = {
            trial.trial_id
            for trial in truth.values()
            if any(heading in vocabulary.with_broader(term) for term in trial.mesh_terms)
        }
        right += len(found & wanted)
        found_in_all += len(found)
        wanted_in_all += len(wanted)
    assert right / wanted_in_all >= MIN_RECALL
    assert right / found_in_all >= MIN_PRECISION


def test_lay_words_of_five_languages_mean_their_concept() -> None:
    rows = list(csv.DictReader(WORDS.read_text().splitlines(), delimiter="|"))
    pairs = [(row["heading"], row[language]) for row in rows for language in LANGUAGES]
    right = [
        [one.heading for one in find_meaning(word).concepts] == [heading] for heading, word in pairs
    ]
    assert len(pairs) >= 450
    assert sum(right) / len(right) >= MIN_LAY_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "Breast Neoplasms", "Brustkrebs", "carcinoma of breast", "mammary carcinoma",
        "Neoplasms, Breast", "cancer de mama", "Malignant Neoplasm of the Breast",
    ],
)  # fmt: skip
def test_spellings_of_a_condition_are_one_concept(text: str) -> None:
    assert [one.label for one in find_meaning(text).concepts] == ["Breast cancer"]
    assert find_headings(text) == {"Breast Neoplasms"}


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("lung metastases of breast cancer", {"Breast Neoplasms", "Neoplasm Metastasis"}),
        ("Lung Cancer metastatic to brain", {"Lung Neoplasms"}),
        ("Breast Feeding", set()),
        ("breast and ovarian cancer", {"Breast Neoplasms", "Ovarian Neoplasms"}),
        ("Non-cystic fibrosis bronchiectasis", {"Bronchiectasis"}),
        ("Gastric (Stomach) Cancer", {"Stomach Neoplasms"}),
    ],
)
def test_a_shared_word_is_not_enough(text: str, headings: set[str]) -> None:
    assert find_headings(text) == headings


@pytest.mark.parametrize(
    ("asked", "record"),
    [
        ("brain tumour", "Glioblastoma"),
        ("Hautkrebs", "Metastatic Melanoma"),
        ("cancer des os", "Osteosarcoma"),
        ("testicular cancer", "Seminoma"),
        ("ictus", "Subarachnoid Hemorrhage"),
    ],
)
def test_a_concept_includes_what_people_call_so_too(asked: str, record: str) -> None:
    index = ConditionIndex(
        {"1": Trial("1", conditions=(record,)), "2": Trial("2", conditions=("Asthma",))}
    )
    assert find_trials(index, asked) == {"1"}
    assert find_trials(index, record) == {"1"}


def test_a_concept_includes_narrower_ones() -> None:
    index = ConditionIndex(
        {
            "1": Trial("1", conditions=("Triple Negative Breast Cancer",)),
            "2": Trial("2", mesh_terms=("Triple Negative Breast Neoplasms",)),
            "3": Trial("3", conditions=("Breast feeding",)),
            "4": Trial("4", mesh_terms=("Something New",), mesh_ancestors=("Breast Neoplasms",)),
        }
    )
    assert find_trials(index, "Brustkrebs") == {"1", "2", "4"}
    assert find_trials(index, "triple negative breast cancer") == {"1", "2"}


def test_a_spelling_mistake_is_tolerated_and_known_as_one() -> None:
    assert find_meaning("diabetis") == (find_meaning("diabetes").concepts, True)
    assert not find_meaning("Diabetes").guessed
    for unknown in ("breast feeding", "lung metastases", "asdfghjk", "癌", "x", "", "a" * 10_000):
        assert not find_meaning(unknown).concepts


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("hepatitis a", "Hepatitis A"),
        ("Hépatite A", "Hepatitis A"),
        ("hepatitis D", "Hepatitis D"),
        ("Hepatitis", "Hepatitis"),
        ("vitamin a deficiency", "Vitamin A Deficiency"),
        ("Vitamin D deficiency", "Vitamin D Deficiency"),
        ("Hämophilie B", "Hemophilia B"),
        ("Krebs der Prostata", "Prostatic Neoplasms"),
        ("cancer de l’endomètre", "Endometrial Neoplasms"),
        ("maladie d’Alzheimer", "Alzheimer Disease"),
    ],
)
def test_letters_of_a_name_count_and_elided_articles_do_not(text: str, heading: str) -> None:
    meaning = find_meaning(text)
    assert [one.heading for one in meaning.concepts] == [heading]
    assert not meaning.guessed


def test_a_guess_changes_no_letter_or_number_and_takes_no_side() -> None:
    for text in ("vitamin b12 deficienzy", "hepatitis z", "diabetes type 7"):
        assert not find_meaning(text).concepts, text
    assert not find_meaning("cancer du sain").concepts, "cancer du sein, or cancer du sang?"


def misspell(word: str, chance: random.Random) -> str:
    """The word with one letter wrong, missing, or in the next one's place."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    changes = (chance.choice("abcdefghijklmnopqrstuvwxyz") + after, after)
    return before + chance.choice((*changes, after[0] + letter + after[1:]))


def test_one_wrong_letter_rarely_hides_a_condition_and_hardly_ever_gives_another() -> None:
    chance = random.Random(5)  # noqa: S311 - not for secrets
    spoken = [one for one in load_vocabulary().concepts.values() if one.words][::3]
    labels = [one.label_in(language) for one in spoken for language in LANGUAGES]
    meant = [(find_meaning(misspell(one, chance)).concepts, find_meaning(one).concepts)
             for one in labels if len(one) > 5]  # fmt: skip
    right = sum(found == wanted for found, wanted in meant)
    wrong = sum(bool(found) and found != wanted for found, wanted in meant)
    assert right / len(meant) >= MIN_TYPOS
    assert wrong / len(meant) <= MAX_WRONG


def test_texts_are_learned_from_records_that_have_headings_too() -> None:
    known = {
        str(n): Trial(str(n), conditions=("Zuberitis",), mesh_terms=("Asthma",)) for n in (1, 2, 3)
    }
    index = ConditionIndex({**known, "4": Trial("4", conditions=("zuberitis",))})
    assert index.learned == {to_key("Zuberitis"): {"Asthma"}}
    assert "4" in find_trials(index, "asthma")
    assert find_trials(index, "Zuberitis") == {"1", "2", "3", "4"}
    one = ConditionIndex({"1": known["1"], "4": Trial("4", conditions=("Zuberitis",))})
    assert find_trials(one, "asthma") == {"1"}


def test_words_that_nobody_knows_must_stand_in_the_record() -> None:
    index = ConditionIndex(
        {
            "1": Trial("1", conditions=("Breast feeding, exclusive",)),
            "2": Trial("2", conditions=("Breast cancer",), keywords=("feeding",)),
        }
    )
    assert find_trials(index, "breast feeding") == {"1"}
    assert find_trials(index, "nothing like it") == set()


def test_the_vocabulary_is_whole() -> None:
    vocabulary = load_vocabulary()
    spoken = [one for one in vocabulary.concepts.values() if one.words]
    assert len(spoken) >= 300
    assert all(set(one.labels) == set(LANGUAGES) for one in spoken)
    assert "Neoplasms" in vocabulary.with_broader("Triple Negative Breast Neoplasms")
    assert len(vocabulary.concepts) > 5_000
