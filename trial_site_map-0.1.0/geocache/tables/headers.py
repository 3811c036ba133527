"""The names that columns of places have, in some twenty languages."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

POINT_COLUMNS = ("latitude", "longitude", "place", "point")
"""Columns of :data:`PLACE_HEADERS` beside those of a place; ``place`` is `City, State, Country` in
one cell, ``point`` latitude and longitude in one cell."""

PLACE_HEADERS = {
    "facility": """
        facility; facility name; site name; sitename; institution; institution name; hospital;
        hospital name; centre; center; centre name; center name; clinic; clinic name; name;
        organisation; organization; organisation name; organization name; study site; trial site;
        investigational site; research site; location name; einrichtung; klinik; krankenhaus;
        zentrum; pruefzentrum; prufzentrum; studienzentrum; name der einrichtung; etablissement;
        hopital; centre investigateur; nom du centre; nom; nom de l etablissement; institucion;
        centro; nombre del centro; nombre; hospital centro; instituicao; istituto; istituzione;
        ospedale; nome; nome del centro; struttura; locationfacility; uniklinik; ziekenhuis;
        instelling; sjukhus; sykehus; sygehus; szpital; osrodek; nemocnice; pracoviste; korhaz;
        facility institution; account name; affiliation; университет; учреждение; 医院; 施設名;
        機関名; hastane; kurum; merkez; 기관; 기관명; 병원; 医疗机构; 医療機関;
        νοσοκομειο; מרכז; مستشفى; 実施医療機関; 研究中心; 中心名称; 机构名称; 실시기관; 시험기관;
        instytucja; nazwa; investigator site; venue; sitefacility;
        医療機関名; 病院名; 医院名称; 研究机构; 试验机构; 병원명; название центра; клиника;
        название учреждения; наименование учреждения; центр; больница; اسم المستشفى; المستشفى;
        اسم المركز; المركز;
        nazwa osrodka; nazwa szpitala; merkez adi; hastane adi; kurum adi; naam ziekenhuis;
        機構; 機構名稱; 試驗機構; 試驗醫院; 醫院; 醫院名稱; 医院; 中心
        """,
    "city": """
        city; town; city town; town city; municipality; locality; site city; facility city;
        locationcity; ville; commune; localite; ort; stadt; wohnort; standort; ciudad; localidad;
        poblacion; cidade; municipio; citta; comune; localita; plaats; stad; gemeente; by;
        ort stadt;
        miasto; mesto; obec; varos; oras; город; 城市; 市; 都市; sehir; poststed; postort; kaupunki;
        도시; 所在地; πολη; מקום; مدينة; city name; village; sted;
        市区町村; 市町村; 所在城市; 시군구;
        المدينة; البلدة; miejscowosc; sehir adi; stad plaats; kommun; 鄉鎮市區; 城鎮; il ilce
        """,
    "state": """
        state; province; region; county; state province; province state; state region; site state;
        facility state; locationstate; bundesland; land kreis; departement; etat; estado;
        provincia; comunidad autonoma; regione; provincie; wojewodztwo; kraj; judet; oblast; canton;
        kanton; prefecture; admin1; state or province; stateprovince; область; регион; 省; 県;
        department; departamento; lan; fylke; megye; area; state county; st; us state; 都道府県;
        省份; 省市; 省 自治区; 所在省份; 시도; 지역;
        uf; distrito; eyalet; المنطقة; المحافظة; 縣市; 省市縣
        """,
    "postcode": """
        postcode; post code; postal code; postalcode; zip; zip code; zipcode; postal; site zip;
        locationzip; plz; postleitzahl; code postal; cp; codigo postal; cep; cap; codice postale;
        kod pocztowy; psc; iranyitoszam; cod postal; индекс; 邮编; 郵便番号; postnummer; postnr;
        zip postal code; zip postcode; pin code; pincode; eircode; facility zip; postal zip code;
        邮政编码; 우편번호; c p; posta kodu; 郵遞區號; ταχυδρομικοσ κωδικασ; מיקוד; الرمز البريدي
        """,
    "country": """
        country; country name; nation; site country; facility country; locationcountry; pays; land;
        staat; pais; paese; nazione; kraj panstwo; panstwo; zeme; orszag; tara; ulke; страна; 国家;
        国; 国名; 국가; χωρα; מדינה; دولة;
        country code; iso country; countrycode; alpha2; alpha 2; iso2; iso3; country iso;
        country region; land staat; maa; stat;
        البلد; الدولة; landet; kraj osrodka; 國家
        """,
    "latitude": """
        latitude; lat; y; geo lat; breitengrad; breite; latitud; latitudine; gps lat; geopoint lat;
        lat dd; decimal latitude; site latitude; szerokosc; latitude wgs84; 緯度; 纬度; 위도;
        широта; enlem; szerokosc geograficzna; zemepisna sirka; γεωγραφικο πλατοσ; קו רוחב; خط العرض
        """,
    "longitude": """
        longitude; lon; lng; long; x; geo lon; geo lng; laengengrad; langengrad; lange; laenge;
        longitud; longitudine; gps lon; gps lng; gps long; geopoint lon; decimal longitude;
        site longitude; lon dd; longitude wgs84; 経度; 经度; 경도; долгота;
        經度; boylam; dlugosc geograficzna; zemepisna delka; γεωγραφικο μηκοσ; קו אורך; خط الطول
        """,
    "place": """
        location; place; city state country; city country; locations; full location; site location;
        address; adresse; direccion; indirizzo; anschrift; full address; site address
        """,
    "point": """
        coordinates; coords; lat lon; lat lng; latlon; latlng; geo; geopoint; geolocation; gps
        """,
}
"""The names of each column, separated by semicolons, best first."""

PLACE_WORDS = {
    "facility": (
        *("facility", "hospital", "institution", "klinik", "clinic", "hopital", "site", "centre"),
        *("center", "centro", "zentrum", "institute", "institut", "etablissement"),
    ),
    "city": ("city", "town", "ville", "stadt", "ciudad", "miasto"),
    "state": ("state", "province", "provincia", "bundesland"),
    "postcode": ("zip", "postcode", "postal", "plz", "postleitzahl"),
    "country": ("country", "pays", "pais", "land"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng"),
}
"""Words that say what a longer name means."""

_NOT_PLACES = frozenset(
    re.findall(
        r"\w+",
        """number no nr num id code ref contact email mail phone tel fax date type status
        investigator pi comment note url link count rank population address street
        altitude elevation height size area capacity beds distance share percent rate score""",
    )
)
# Whose place a column is about, where that is not the site's.
_OTHERS = frozenset(
    re.findall(
        r"\w+",
        """sponsor sponsors applicant manufacturer author patient patients participant participants
        birth residence nationality citizenship contact cro funder payer publication""",
    )
)

# Words that may precede a word for a place without changing its meaning.
_OWNERS = frozenset(
    re.findall(
        r"\w+",
        """site facility location address addr institution hospital centre center clinic study trial
        org organisation organization mailing business practice primary main investigator pi""",
    )
)
_PLACE_PARTS = frozenset({"city", "state", "postcode", "country", "latitude", "longitude"})
_NAMED = frozenset(
    re.findall(
        r"\w+",
        """site facility location institution hospital centre center clinic org organisation
        organization practice""",
    )
)
_NAME_WORDS = frozenset({"name", "names", "nom", "nombre", "nome", "nazwa"})
_FOOTNOTE = re.compile(r"\s{0,9}(?:[(\[]\d{1,2}[)\]]|[¹²³⁰-⁹]{1,2})\s{0,9}$")
_DATUMS = {"wgs": 0.05, "wgs84": 0.05, "bd": -0.1, "bd09": -0.1, "baidu": -0.1, "gcj": -0.1}
_DATUMS |= dict.fromkeys(("gcj02", "amap", "gaode", "mars"), -0.1)
"""Words for the datum of a coordinate: Chinese maps shift points by some 500 m."""


@lru_cache(maxsize=4_096)
def fold_header(header: str) -> str:
    """A header in lower case without accents, signs, camel case: ``SiteCity`` -> ``site city``.

    A footnote's mark is dropped: ``City (1)``, ``City²``.
    """
    text = _FOOTNOTE.sub("", header[:200].strip())
    text = re.sub(r"([a-zß-ÿ])([A-Z])", r"\1 \2", text)
    text = (
        text.replace("ß", "ss")
        .replace("Ł", "L")
        .replace("ł", "l")
        .replace("ø", "o")
        .replace("ı", "i")
    )
    marks = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in marks if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[\W_]+", " ", plain).casefold().split())


def _build_table(columns: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Target and rank by folded name, with and without blanks; the first name ranks best."""
    table: dict[str, tuple[str, int]] = {}
    for target, names in columns.items():
        for rank, name in enumerate(names.split(";")):
            key = fold_header(name)
            table.setdefault(key, (target, rank))
            table.setdefault(key.replace(" ", ""), (target, rank))
    return table


class HeaderMatcher:
    """Tells what a column holds from its header.

    Args:
        columns: as :data:`PLACE_HEADERS`.
        words: as :data:`PLACE_WORDS`.
    """

    def __init__(self, columns: Mapping[str, str], words: Mapping[str, Sequence[str]]) -> None:
        self._table = _build_table(columns)
        self._words = words

    def match(self, header: str) -> tuple[str, float]:
        """The column that a header names, and the certainty, 0-1; ``("", 0.0)`` for none.

        A known name is more certain than a known word inside a longer one (``Hospital city``),
        where the last word decides. The place of a sponsor or a patient is no site's.
        """
        key = fold_header(header)
        known = self._table.get(key) or self._table.get(key.replace(" ", ""))
        if known is not None:
            target, rank = known
            return target, 1.0 - min(rank, 40) / 100
        words = key.split()
        if _OTHERS.intersection(words):
            return ("sponsor", 0.5) if self._ends_with_sponsor(words) else ("", 0.0)
        found = self._match_owned(words) or self._match_numbered(words) or self._match_end(key)
        return found or self._match_word(words) or ("", 0.0)

    def complete(self, start: str) -> str:
        """The shortest name that a header is the start of; itself if names differ in meaning.

        Where it may be the name or the number of a facility it is the name.
        """
        key = fold_header(start)
        if key in self._table or not key:
            return start
        known = [name for name in self._table if name.startswith(key)]
        targets = {self._table[name][0] for name in known}
        shortest = min(known, key=len, default="")
        if targets == {"facility", "site_number"}:
            named = [name for name in known if self._table[name][0] == "facility"]
            return min(named, key=len)
        alike = len(targets) == 1 or all(name.startswith(shortest) for name in known)
        return shortest if known and alike else start

    def _ends_with_sponsor(self, words: list[str]) -> bool:
        return "sponsor" in self._words and words[-1] == "sponsor"

    def _match_owned(self, words: list[str]) -> tuple[str, float] | None:
        """Match a name behind words for its owner: `Facility city`, `org_name`."""
        last = len(words) - 1
        own = words[next((at for at in range(last) if words[at] not in _OWNERS), max(last, 0)) :]
        known = self._table.get(" ".join(own))
        if known is None or len(own) == len(words):
            return None
        institution = known[0] == "facility" and own[-1] in self._words["facility"]
        named = own[0] in _NAME_WORDS and not set(words[:last]) - _NAMED
        return (known[0], 0.6) if known[0] in _PLACE_PARTS or institution or named else None

    def _match_numbered(self, words: list[str]) -> tuple[str, float] | None:
        """Match a place with a number behind it: `City 1`, `city1`."""
        name = " ".join(words)
        bare = name.rstrip("0123456789 ")
        known = self._table.get(bare) if bare != name else None
        return (known[0], 0.55) if known is not None and known[0] in _PLACE_PARTS else None

    def _match_end(self, key: str) -> tuple[str, float] | None:
        """Match the end of a name in a script without blanks: `施設緯度` ends with `緯度`."""
        if key.isascii() or " " in key or len(key) > 20 or not "\u3000" < key[-1] < "\ud7b0":
            return None
        ends = (key[at:] for at in range(1, len(key) - 1))
        known = next((self._table[end] for end in ends if end in self._table), None)
        return (known[0], 0.6) if known is not None else None

    def _match_word(self, words: list[str]) -> tuple[str, float] | None:
        """Match a known word in a longer name; one for a facility is the last but for `name`."""
        if not 1 < len(words) <= 5 or _NOT_PLACES.intersection(words):
            return None
        datum = sum(_DATUMS.get(word, 0.0) for word in words)
        for at in range(len(words) - 1, -1, -1):
            behind = set(words[at + 1 :])
            for target, parts in self._words.items():
                if words[at] in parts and (target != "facility" or behind <= _NAME_WORDS):
                    return target, 0.5 + datum
        return None
