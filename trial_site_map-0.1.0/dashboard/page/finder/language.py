"""The finder's words in five languages, from the gettext catalogues in ``locale/``."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

import streamlit as st

from dashboard.page.state import address
from dashboard.query.conditions.vocabulary import LANGUAGES

NAMES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
}  # fmt: skip
"""Each language in its own name; a button has its code."""

_ENTRY = re.compile(r'^(msgid|msgstr) (".*")$', re.MULTILINE)


def current() -> str:
    """The session's language: as chosen, else the browser's, else English."""
    chosen = address.view("language", _browser_language())
    return chosen if chosen in LANGUAGES else "en"


def choose(language: str) -> None:
    """Show the finder in another language."""
    address.set_view("language", language, _browser_language())


def translate(text: str, **values: object) -> str:
    """A text in the session's language, with ``{name}`` replaced by values."""
    return (
        translate_to(current(), text).format(**values) if values else translate_to(current(), text)
    )


def translate_to(language: str, text: str) -> str:
    """A text in a language; English, and what a catalogue lacks, stays as it is."""
    return load_catalogue(language).get(text) or text if language != "en" else text


@cache
def load_catalogue(language: str) -> dict[str, str]:
    """The messages of a language by their English text.

    The catalogues are read as they are: a message has one ``msgid`` and one ``msgstr`` line.
    """
    file = resources.files(__package__) / "locale" / f"{language}.po"
    pairs = list(_read_entries(file.read_text(encoding="utf-8")))
    return {text: meaning for text, meaning in pairs if text}


def _read_entries(content: str) -> Iterator[tuple[str, str]]:
    text = ""
    for kind, quoted in _ENTRY.findall(content):
        if kind == "msgid":
            text = ast.literal_eval(quoted)
        else:
            yield text, ast.literal_eval(quoted)


def _browser_language() -> str:
    found = (st.context.locale or "en").partition("-")[0].casefold()
    return found if found in LANGUAGES else "en"
