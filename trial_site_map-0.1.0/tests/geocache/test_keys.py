"""Keys: equal for spellings of the same words, different for different words."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geocache.keys import key_number, key_numbers, normalize, place_key, query_key
from geocache.place import Place

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
any_texts = st.text(max_size=20)
WORDS = ["lkh", "graz", "köln", "münchen", "москва", "東京", "istanbul", "straße", "ﬁn"]
words = st.lists(st.sampled_from(WORDS), max_size=4)
places = st.builds(Place, any_texts, any_texts, any_texts, any_texts, any_texts)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LKH Graz", "lkh  graz"),
        ("ＧＲＡＺ", "graz"),
        ("Straße", "STRASSE"),
        ("Köln", "KO\u0308LN"),
        ("Saint\u00a0Denis", " saint\tdenis\n"),
        ("Mün\u00adchen", "münchen"),
        ("\ufeffGraz", "graz"),
        ("ﬁnland", "FINLAND"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ΆΙΔΗΣ", "άιδης"),
    ],
)
def test_two_spellings_share_a_key(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)
    assert place_key(Place(city=one)) == place_key(Place(city=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Place(city="Munster"), Place(city="Münster")),
        (Place(city="Graz"), Place(facility="Graz")),
        (Place(city="Saint-Denis"), Place(city="Saint Denis")),
        (Place("A", "B c"), Place("A B", "c")),
        (Place(city="a\x1fb"), Place(city="a", state="b")),
        (Place(city="a\x00b", state="c"), Place(city="a", state="b\x00c")),
    ],
)
def test_different_places_have_different_keys(one: Place, other: Place) -> None:
    assert place_key(one) != place_key(other)


@given(texts)
def test_normalizing_ignores_unicode_form_case_and_space(text: str) -> None:
    folded = normalize(text)
    assert normalize(folded) == folded
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert normalize(unicodedata.normalize(form, text)) == folded
    assert normalize(text.casefold()) == folded
    assert normalize("\u3000" + text.replace(" ", " \t\u00a0") + "\n") == folded


@given(words, words)
def test_keys_are_equal_only_when_every_word_is(one: list[str], other: list[str]) -> None:
    same = [normalize(word) for word in one] == [normalize(word) for word in other]
    assert (place_key(Place(" ".join(one))) == place_key(Place("  ".join(other).upper()))) == same


@given(places)
def test_a_place_key_is_its_normalized_parts(place: Place) -> None:
    assert place_key(place).split("\x1f") == [normalize(part) for part in place]


@given(places)
def test_a_query_never_shares_a_key_with_a_place(place: Place) -> None:
    assert query_key(place.facility, *place[1:]) != place_key(place)


@given(st.lists(any_texts.map(normalize), max_size=5))
def test_key_numbers_fit_a_signed_64_bit_column(keys: list[str]) -> None:
    numbers = key_numbers(keys)
    assert numbers == tuple(key_number(key) for key in keys)
    assert all(-(2**63) <= number < 2**63 for number in numbers)


def test_key_numbers_never_change() -> None:
    assert key_number("graz") == 6549521508210741268
