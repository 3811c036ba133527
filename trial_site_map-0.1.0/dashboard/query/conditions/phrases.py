"""Brings names of conditions into one form, so that spellings of the same words are equal.

``Carcinoma, Non-Small-Cell Lung``, ``non-small cell lung cancer`` and ``cancer of the lung, non
small cell`` share a form: words in lower case without accents, singular, American spelling,
adjectives of organs as the organ (``renal``: ``kidney``), and one word for a malignant tumour.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from dashboard.sites.categoricals import normalize_text

Phrase = tuple[str, ...]
"""The words of a name in one form, in order."""

MAX_LENGTH = 400
"""Characters of a text that are looked at."""

CANCER = "cancer"

_BRITISH = (
    ("aemi", "emi"), ("haem", "hem"), ("oea", "ea"), ("oed", "ed"), ("oeso", "eso"),
    ("tumour", "tumor"), ("paed", "ped"), ("coel", "cel"), ("sulph", "sulf"),
    ("schaem", "schem"), ("naec", "nec"),
)  # fmt: skip
_SAME = {
    "carcinoma": CANCER, "neoplasm": CANCER, "tumor": CANCER, "malignancy": CANCER,
    "carcinomata": CANCER, "neoplasia": CANCER, "ii": "2", "iii": "3", "iv": "4", "typ": "type",
    "tipo": "type", "illness": "disease", "disorder": "disease", "mamma": "breast",
    "mammary": "breast", "renal": "kidney", "hepatic": "liver", "pulmonary": "lung",
    "gastric": "stomach", "pancreatic": "pancreas", "prostatic": "prostate", "ovarian": "ovary",
    "colonic": "colon", "rectal": "rectum", "esophageal": "esophagus", "laryngeal": "larynx",
    "testicular": "testis", "testicle": "testis", "cutaneous": "skin", "cerebral": "brain",
    "cardiac": "heart", "anal": "anus", "endometrial": "endometrium",
    "oropharyngeal": "oropharynx", "nasopharyngeal": "nasopharynx", "peritoneal": "peritoneum",
    "vulvar": "vulva", "penile": "penis", "ocular": "eye", "arterial": "artery",
    "asthmatic": "asthma", "diabetic": "diabetes", "epileptic": "epilepsy",
    "hypertensive": "hypertension", "obese": "obesity", "metastases": "metastasis",
    "psychoses": "psychosis", "thromboses": "thrombosis", "uterine": "uterus",
    "adenocarcinomas": "adenocarcinoma", "schizophrenic": "schizophrenia", "leukemic": "leukemia",
    "cirrhotic": "cirrhosis", "krebs": CANCER, "tumeur": CANCER, "tumore": CANCER,
    "tumori": CANCER, "cancro": CANCER, "prostata": "prostate",
}  # fmt: skip
_SINGULAR = frozenset({"ss", "us", "is", "as", "es"})
_ARTICLE_WORDS = """
the a an la le les l de des du der die das dem den del della dello dell dei delle di d da el los
las il lo al alla allo all au aux im am beim und et y e con
"""
_ARTICLES = frozenset(_ARTICLE_WORDS.split())
_ELISION = re.compile(r"\b(?:d|l|qu|all|dall|dell|nell|sull)['’`´](?=[^\W_])")
_LETTER = re.compile(
    r"(?<=[^\W\d_]{4} )[adel](?=\s*(?:$|[,;()/+]))"
    r"|(?<=vitamin )[ade]\b|(?<=vitamin[ae] )[ade]\b|(?<=patitis )[ade]\b|(?<=patite )[ade]\b"
)
"""A letter that is part of a name (*hepatitis A*, *vitamin D deficiency*), not an article."""
_CONNECTORS = frozenset({"of", ","})
_WORD = re.compile(r"[a-z0-9]+|[,;()/+&]|[^\W_]+")
_BRACKETS = re.compile(r"\([^()]*\)")
_BREAKS = frozenset(";()+")


@lru_cache(maxsize=65_536)
def _unify(word: str) -> str:
    """One word in its one form."""
    for british, american in _BRITISH:
        if british in word:
            word = word.replace(british, american)
    if word in _SAME:
        return _SAME[word]
    if len(word) > 3 and word.endswith("s") and word.isascii():
        if word.endswith("ies"):
            word = word[:-3] + "y"
        elif word[-2:] not in _SINGULAR or word.endswith(
            ("ses", "ges", "nes", "mes", "tes", "res")
        ):
            word = word[:-1]
    return _SAME.get(word, word)


def _split(text: str) -> list[str]:
    folded = normalize_text(text[:MAX_LENGTH]).replace("œ", "oe").replace("æ", "ae")
    folded = _ELISION.sub(" ", folded)
    folded = _LETTER.sub(lambda found: found[0].upper(), folded)
    folded = re.sub(r"['’`´]s\b|[’'`´.]", lambda found: "" if found[0] != "'" else " ", folded)
    return _WORD.findall(folded)


def to_phrase(text: str) -> Phrase:
    """The words of a text in order, without articles, ``of`` and punctuation."""
    return tuple(
        _unify(word)
        for word in _split(text)
        if word not in _ARTICLES and word not in _CONNECTORS and not _is_mark(word)
    )


def to_key(text: str) -> Phrase:
    """The words of a text in alphabetical order: equal however they are turned around."""
    return tuple(sorted(to_phrase(text)))


def list_variants(text: str) -> tuple[Phrase, ...]:
    """The orders in which the words of a text may be read; the text itself comes first.

    ``Neoplasms, Breast`` is also *breast cancer*, ``cancer of the breast`` too, and ``breast and
    ovarian cancer`` is also *breast cancer*.
    """
    return tuple(dict.fromkeys(_list_variants(text)))


def list_name_variants(name: str) -> tuple[Phrase, ...]:
    """The orders in which the words of a name stand in texts: turned at ``of`` and commas."""
    pieces = _cut([word for word in _split(name) if word not in _ARTICLES and word not in _BREAKS])
    turned = tuple(word for piece in reversed(pieces) for word in piece)
    return (turned,) if turned else ()


def _list_variants(text: str) -> Iterator[Phrase]:
    without = _BRACKETS.sub(" ", text)
    for part in (*_list_parts(text), *(_list_parts(without) if without != text else ())):
        words = [word for word in part if word not in _ARTICLES]
        plain = tuple(_unify(word) for word in words if word not in _CONNECTORS)
        if not plain:
            continue
        yield plain
        pieces = _cut(words)
        if len(pieces) > 1:
            yield tuple(word for piece in reversed(pieces) for word in piece)
            for before, after in pairwise(pieces):
                yield (*after, *before)
        for number, word in enumerate(plain):
            if word in {"and", "or", "&", "/"} and 0 < number < len(plain) - 2:
                yield (*plain[:number], *plain[number + 2 :])
                yield plain[number + 1 :]
        if "adenocarcinoma" in plain:
            yield tuple(CANCER if word == "adenocarcinoma" else word for word in plain)


def _list_parts(text: str) -> Iterator[list[str]]:
    part: list[str] = []
    for word in _split(text):
        if word in _BREAKS:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _cut(words: list[str]) -> list[Phrase]:
    """The words between connectors."""
    pieces: list[list[str]] = [[]]
    for word in words:
        if word in _CONNECTORS:
            pieces.append([])
        else:
            pieces[-1].append(_unify(word))
    return [tuple(piece) for piece in pieces if piece]


def _is_mark(word: str) -> bool:
    return len(word) == 1 and not word.isalnum()
