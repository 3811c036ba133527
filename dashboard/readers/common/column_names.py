"""The names that columns of site lists have, in some twenty languages."""

import re
import unicodedata
from functools import lru_cache

from dashboard.sites.reading import READ_COLUMNS
from dashboard.sites.table import TRIAL_COLUMNS

TARGETS = (READ_COLUMNS[0], *TRIAL_COLUMNS, *READ_COLUMNS[1:], "place", "point")
"""What a column can hold; ``place`` is `City, State, Country` in one cell, ``point`` latitude and
longitude in one cell."""

_NAMES = {
    "trial_id": """
        trial id; trial; nct; nct id; nct number; nct no; nctid; nct code; study id; study nct id;
        protocol; protocol id; protocol number; registry id; registration number; trial number;
        ct number; eudract; eudract number; eu ct number; ctis number; isrctn; study number;
        clinicaltrials gov id; clinicaltrials gov identifier; study; studie; etude; estudio;
        numero nct; studien id; id de l etude; codigo del estudio; trialid; study code
        """,
    "trial_title": """
        trial title; title; brief title; study title; official title; public title; titel; titre;
        titulo; titolo; study name; trial name; scientific title; kurztitel
        """,
    "trial_status": """
        trial status; overall status; study status; study recruitment status; studienstatus;
        statut de l etude; estado del estudio; overall recruitment status; recruitment status
        """,
    "phase": "phase; phases; trial phase; study phase; fase; clinical phase; studienphase",
    "sponsor": """
        sponsor; lead sponsor; sponsor name; promoteur; promotor; promotore; lead sponsor name;
        primary sponsor; sponsor collaborators; auftraggeber
        """,
    "site_number": """
        site number; site no; site nr; site num; site id; site code; siteid; centre number;
        center number; centre no; center no; centre id; center id; zentrum nr; zentrumsnummer;
        numero de centre; numero de centro; numero centro; n centre; investigator site number;
        site; site ref; zentrennummer; centro no; site #;
        nr osrodka; numer osrodka; merkez no; merkez numarasi; centrumnummer; nummer; no centro;
        no do centro; numero do centro; no центра; номер центра; رقم المركز; 中心编号; 施設番号;
        기관번호; site n; prufzentrum nr; zentrum no
        """,
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
        nazwa osrodka; nazwa szpitala; merkez adi; hastane adi; kurum adi; naam ziekenhuis
        """,
    "city": """
        city; town; city town; town city; municipality; locality; site city; facility city;
        locationcity; ville; commune; localite; ort; stadt; wohnort; standort; ciudad; localidad;
        poblacion; cidade; municipio; citta; comune; localita; plaats; stad; gemeente; by;
        ort stadt;
        miasto; mesto; obec; varos; oras; город; 城市; 市; 都市; sehir; poststed; postort; kaupunki;
        도시; 所在地; πολη; מקום; مدينة; city name; village; sted;
        市区町村; 市町村; 所在城市; 시군구;
        المدينة; البلدة; miejscowosc; sehir adi; stad plaats; kommun
        """,
    "state": """
        state; province; region; county; state province; province state; state region; site state;
        facility state; locationstate; bundesland; land kreis; departement; etat; estado;
        provincia; comunidad autonoma; regione; provincie; wojewodztwo; kraj; judet; oblast; canton;
        kanton; prefecture; admin1; state or province; stateprovince; область; регион; 省; 県;
        department; departamento; lan; fylke; megye; area; state county; st; us state; 都道府県;
        省份; 省市; 省 自治区; 所在省份; 시도; 지역;
        uf; distrito; eyalet; المنطقة; المحافظة
        """,
    "postcode": """
        postcode; post code; postal code; postalcode; zip; zip code; zipcode; postal; site zip;
        locationzip; plz; postleitzahl; code postal; cp; codigo postal; cep; cap; codice postale;
        kod pocztowy; psc; iranyitoszam; cod postal; индекс; 邮编; 郵便番号; postnummer; postnr;
        zip postal code; zip postcode; pin code; pincode; eircode; facility zip; postal zip code;
        邮政编码; 우편번호; c p
        """,
    "country": """
        country; country name; nation; site country; facility country; locationcountry; pays; land;
        staat; pais; paese; nazione; kraj panstwo; panstwo; zeme; orszag; tara; ulke; страна; 国家;
        国; 国名; 국가; χωρα; מדינה; دولة;
        country code; iso country; countrycode; alpha2; alpha 2; iso2; iso3; country iso;
        country region; land staat; maa; stat;
        البلد; الدولة; landet; kraj osrodka
        """,
    "status": """
        status; site status; sitestatus; recruitment; recruiting; location status; locationstatus;
        site recruitment status; statut; estado del centro; stato; facility status;
        statut du centre;
        zentrumsstatus; centre status; center status; enrollment status;
        location recruitment status; estado de reclutamiento; statut de recrutement;
        rekrutierungsstatus; rekrutierung;
        stato di reclutamento; status rekrutacji; 状态; 状態; 募集状況; 招募状态; 상태; 모집상태;
        статус; статус центра; الحالة; durum; status osrodka; status van centrum; tila; situacion
        """,
    "latitude": """
        latitude; lat; y; geo lat; breitengrad; breite; latitud; latitudine; gps lat; geopoint lat;
        lat dd; decimal latitude; site latitude; szerokosc; latitude wgs84; 緯度; 纬度; 위도; широта
        """,
    "longitude": """
        longitude; lon; lng; long; x; geo lon; geo lng; laengengrad; langengrad; lange; laenge;
        longitud; longitudine; gps lon; gps lng; gps long; geopoint lon; decimal longitude;
        site longitude; lon dd; longitude wgs84; 経度; 经度; 경도; долгота
        """,
    "place": """
        location; place; city state country; city country; locations; full location; site location;
        address; adresse; direccion; indirizzo; anschrift; full address; site address
        """,
    "point": """
        coordinates; coords; lat lon; lat lng; latlon; latlng; geo; geopoint; geolocation; gps
        """,
}

_WORDS = {
    "trial_id": ("nct", "eudract"),
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
    "sponsor": ("sponsor",),
}

_NOT_PLACES = frozenset(
    re.findall(
        r"\w+",
        """number no nr num id code ref contact email mail phone tel fax date type status
        investigator pi comment note url link count rank population address street""",
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
_PLACE_WORDS = frozenset({"city", "state", "postcode", "country", "latitude", "longitude"})

_SITE_LIST_HEADERS = """
    sites; study sites; trial sites; site list; list of sites; hospitals; centres; centers; centros;
    facilities; institutions; participating sites; participating centres; participating centers;
    investigational sites; standorte; zentren; prufzentren; kliniken; sitios; sedi; osrodki
"""


@lru_cache(maxsize=4_096)
def fold_header(header: str) -> str:
    """A header in lower case without accents, signs, camel case: ``SiteCity`` -> ``site city``."""
    text = re.sub(r"([a-zß-ÿ])([A-Z])", r"\1 \2", header[:200].strip())
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


def _build_table() -> dict[str, tuple[str, int]]:
    """Target and rank by folded name, with and without blanks; the first name ranks best."""
    table: dict[str, tuple[str, int]] = {}
    for target, names in _NAMES.items():
        for rank, name in enumerate(names.split(";")):
            key = fold_header(name)
            table.setdefault(key, (target, rank))
            table.setdefault(key.replace(" ", ""), (target, rank))
    return table


_TABLE = _build_table()
_SITE_LISTS = frozenset(fold_header(name) for name in _SITE_LIST_HEADERS.split(";"))


def is_site_list_header(key: str) -> bool:
    """True for the folded name of a column whose cells may hold several sites, such as `Sites`."""
    return key in _SITE_LISTS


def match_header(header: str) -> tuple[str, float]:
    """Which of :data:`TARGETS` a header names, and the certainty, 0-1; ``("", 0.0)`` for none.

    A known name is more certain than a known word inside a longer one (``Hospital city``), where
    the last word decides.
    """
    key = fold_header(header)
    known = _TABLE.get(key) or _TABLE.get(key.replace(" ", ""))
    if known is not None:
        target, rank = known
        return target, 1.0 - min(rank, 40) / 100
    words = key.split()
    last = len(words) - 1
    own = words[next((at for at in range(last) if words[at] not in _OWNERS), max(last, 0)) :]
    known = _TABLE.get(" ".join(own))
    if known is not None and len(own) < len(words):
        institution = known[0] == "facility" and own[-1] in _WORDS["facility"]
        if known[0] in _PLACE_WORDS or institution:
            return known[0], 0.6
    if 1 < len(words) <= 5 and not _NOT_PLACES.intersection(words):
        for word in reversed(words):
            for target, parts in _WORDS.items():
                if word in parts:
                    return target, 0.5
    return "", 0.0
