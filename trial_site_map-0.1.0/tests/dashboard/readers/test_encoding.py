"""Decoding: undeclared encodings are detected, mojibake is repaired."""

import pytest

from dashboard.readers import read
from dashboard.readers.common.encoding import decode

LISTS = [
    ("cp1252", "Klinikum;Köln;Germany"),
    ("cp1252", "Hôpital Saint-Éloi;Besançon;France|CHU – “Nord”;Nîmes;France|A;São João;Brazil"),
    ("cp1252", "A;Ærøskøbing;Denmark|B;Malmö;Sweden|C;Bydgoszcz;Poland"),
    ("cp1250", "Szpital Wojewódzki;Łódź;Poland|Instytut;Białystok;Poland"),
    ("cp1250", "FN Brno;Brně;Czechia|Nemocnice;Plzeň;Czechia|A;Győr;Hungary"),
    ("iso8859_2", "Szpital;Łódź;Poland|Śląski;Gdańsk;Poland"),
    ("mac_roman", "Hôpital Saint-Éloi;Besançon;France"),
    ("cp1254", "Erciyes Üniversitesi;Kayseri;Turkey|Ege;İzmir Kadıköy;Turkey"),
    ("cp1251", "Больница;Москва;Russia|Клиника;Санкт-Петербург;Russia"),
    ("cp1253", "Νοσοκομείο;Αθήνα;Greece|Κλινική;Θεσσαλονίκη;Greece"),
    ("shift_jis", "東京大学病院;東京;Japan|大阪病院;大阪;Japan"),
    ("gb18030", "北京大学医院;北京;China|华西医院;成都;China"),
    ("euc_kr", "서울대학교병원;서울;South Korea|부산대학교병원;부산;South Korea"),
]


@pytest.mark.parametrize(("encoding", "rows"), LISTS, ids=[name for name, _ in LISTS])
def test_an_undeclared_encoding_is_detected_with_a_warning(encoding: str, rows: str) -> None:
    wanted = [row.split(";") for row in rows.split("|")]
    text = "Facility;City;Country\n" + rows.replace("|", "\n") + "\n"
    reading = read(text.encode(encoding), "list.csv")
    assert reading.sites[["facility", "city", "country"]].to_numpy().tolist() == wanted
    assert (
        reading.warnings[0] == f"read as {encoding}, a guess: the file does not state its encoding"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_unicode_is_decoded(encoding: str) -> None:
    assert decode("Łódź, Αθήνα, 東京 and all the plain rest of it".encode(encoding))[0].startswith(
        "Łódź"
    )


def test_utf_8_cut_in_the_middle_of_a_letter_stays_utf_8() -> None:
    text, notes = decode(("Köln, Graz; " * 30 + "ö").encode()[:-1])
    assert text.startswith("Köln, Graz")
    assert notes == ["bytes that are not valid UTF-8, shown as \ufffd: line 1"]


@pytest.mark.parametrize(
    ("garbled", "meant"),
    [("MÃ¼nchen", "München"), ("BesanÃ§on", "Besançon"), ("BiaÅ‚ystok", "Białystok")],
)
def test_mojibake_is_repaired(garbled: str, meant: str) -> None:
    assert decode(f"a\n{garbled}\n".encode()) == (
        f"a\n{meant}\n",
        ["1 garbled lines repaired (UTF-8 read as Windows-1252)"],
    )


@pytest.mark.parametrize("text", ["São Paulo", "Ångström", "Århus", "Señor Ñandú", "ÉCOLE À PARIS"])
def test_words_that_only_look_garbled_stay(text: str) -> None:
    assert decode(text.encode()) == (text, [])
