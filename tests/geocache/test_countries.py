"""Country names as registries and people write them."""

import pycountry
import pytest

from geocache.geo.countries import (
    country_code,
    country_name,
    look_up_english_code,
    look_up_untranslated_code,
)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Korea, Republic of", "KR"),
        ("South Korea", "KR"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Russian Federation", "RU"),
        ("Russia", "RU"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Turkey", "TR"),
        ("Turkey (Türkiye)", "TR"),
        ("Iran, Islamic Republic of", "IR"),
        ("Former Serbia and Montenegro", "RS"),
        ("Palestinian Territory, occupied", "PS"),
        ("Palestinian Territories, Occupied", "PS"),
        ("Hong Kong", "HK"),
        ("Macau", "MO"),
        ("Puerto Rico", "PR"),
        ("Réunion", "RE"),
        ("Reunion", "RE"),
        ("Guam", "GU"),
        ("Kosovo", "XK"),
        ("Netherlands Antilles", "CW"),
        ("Macedonia, The Former Yugoslav Republic of", "MK"),
        ("Virgin Islands (U.S.)", "VI"),
        ("Swaziland", "SZ"),
        ("Libyan Arab Jamahiriya", "LY"),
        ("Côte d’Ivoire", "CI"),
        ("Côte D'Ivoire", "CI"),
        ("CÃ´te d'Ivoire", "CI"),
        ("Moldova, Republic of", "MD"),
        ("Congo, The Democratic Republic of the", "CD"),
        ("Congo", "CG"),
        ("Lao People's Democratic Republic", "LA"),
        ("Holy See (Vatican City State)", "VA"),
        ("Tanzania", "TZ"),
        ("U.S.A.", "US"),
        ("usa", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("Northern Ireland", "GB"),
        ("The Netherlands", "NL"),
        ("Burma", "MM"),
        ("Cape Verde", "CV"),
        ("East Timor", "TL"),
        ("Deutschland", "DE"),
        ("España", "ES"),
        ("日本", "JP"),
        (" germany ", "DE"),
        ("Atlantis", ""),
        ("", ""),
        ("?", ""),
    ],
)
def test_spellings(written: str, code: str) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize("country", list(pycountry.countries), ids=lambda c: c.alpha_2)
def test_every_iso_name_and_code(country: object) -> None:
    code = country.alpha_2  # type: ignore[attr-defined]
    for attribute in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
        written = getattr(country, attribute, code)
        assert country_code(written) == code, written
    assert country_code(country_name(code)) == code


def test_short_english_names() -> None:
    assert country_name("KR") == "South Korea"
    assert country_name("XK") == "Kosovo"
    assert country_name("ZZ") == ""


def test_usual_names_are_english_only() -> None:
    assert look_up_english_code("Korea") == "KR"
    assert look_up_english_code("Corea") == ""


@pytest.mark.parametrize(
    ("written", "code"),
    [("Turkey (Türkiye)", "TR"), ("the Republic of Kenya", "KE"), ("Saksa", "")],
)
def test_names_are_also_looked_up_without_translations(written: str, code: str) -> None:
    assert look_up_untranslated_code(written) == code
    assert country_code(written) == (code or "DE")
