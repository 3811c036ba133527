"""Text from data in Markdown: shown exactly, and never a link."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.page.widgets.markdown import WORD_JOINER, escape, link
from dashboard.service.service import Service

ADDRESSES = (
    "www.evil.example",
    "WWW.evil.example/path?a=b",
    "http://evil.example",
    "HTTPS://evil.example",
    "ann@evil.example",
    "mailto:ann@evil.example",
    "xmpp:ann@evil.example",
    "see (www.evil.example), or ann@evil.example.",
)
AUTOLINK = re.compile(r"https?://[-.\w]|www\.|[-.\w+]@[-\w]+\.", re.IGNORECASE)
"""What GitHub-flavored Markdown takes for a link in the text that remains of escaped characters."""


def unescape(markdown: str) -> str:
    return re.sub(r"\\(.)", r"\1", markdown)


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_in_a_text_is_no_link(text: str) -> None:
    assert AUTOLINK.search(text)
    written = unescape(escape(text))
    assert not AUTOLINK.search(written)
    assert written.replace(WORD_JOINER, "") == text


def test_other_text_stays_as_it_is() -> None:
    for text in ("a @ b", "wwwx", "http:", "LKH Graz", "C:// drive"):
        assert unescape(escape(text)) == text


def test_a_link_is_drawn_on_purpose() -> None:
    drawn = link("https://good.example/a", "www.good.example")
    assert drawn.endswith("](https://good.example/a)")


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_in_a_query_string_is_no_link_on_the_page(
    opened: Callable[[], Service],
    data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    page = AppTest.from_file(main.__file__, default_timeout=60)
    page.query_params.update({"status": [address], "trial": [address], "near": [address]})
    page.run()
    assert not page.exception
    shown = [
        unescape(str(one.value))
        for kind in (page.warning, page.info, page.error, page.markdown, page.caption, page.title)
        for one in kind
    ]
    assert any("evil" in text for text in shown)
    for text in shown:
        written = re.sub(r"\]\([^)]*\)", "", text)
        assert not re.search(AUTOLINK.pattern, written), text
