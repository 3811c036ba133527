"""The names that columns of site lists have, those of places included."""

from functools import lru_cache

from dashboard.sites.reading import READ_COLUMNS
from dashboard.sites.table import TRIAL_COLUMNS
from geocache.place import Place
from geocache.tables.headers import (
    PLACE_HEADERS,
    PLACE_WORDS,
    POINT_COLUMNS,
    HeaderMatcher,
    fold_header,
)

__all__ = ["TARGETS", "complete_header", "fold_header", "is_site_list_header", "match_header"]

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
        no do centro; numero do centro; no центра; номер центра; facility number;
        facility no; hospital number; hospital no;
        institution number; location number; 中心編號; 機構編號; رقم المركز; 中心编号; 施設番号;
        기관번호; site n; prufzentrum nr; zentrum no
        """,
    **{name: PLACE_HEADERS[name] for name in Place._fields},
    "status": """
        status; site status; sitestatus; recruitment; recruiting; location status; locationstatus;
        site recruitment status; statut; estado del centro; stato; facility status;
        statut du centre;
        zentrumsstatus; centre status; center status; enrollment status;
        location recruitment status; estado de reclutamiento; statut de recrutement;
        rekrutierungsstatus; rekrutierung;
        stato di reclutamento; status rekrutacji; 状态; 状態; 募集状況; 招募状态; 상태; 모집상태;
        狀態; κατασταση; סטטוס; статус; статус центра; الحالة; durum; status osrodka;
        status van centrum; tila; situacion
        """,
    **{name: PLACE_HEADERS[name] for name in POINT_COLUMNS},
}

_WORDS = {"trial_id": ("nct", "eudract"), **PLACE_WORDS, "sponsor": ("sponsor",)}

_SITE_LIST_HEADERS = """
    sites; study sites; trial sites; site list; list of sites; hospitals; centres; centers; centros;
    facilities; institutions; participating sites; participating centres; participating centers;
    investigational sites; standorte; zentren; prufzentren; kliniken; sitios; sedi; osrodki
"""


_LONGEST = 200
_HEADERS = HeaderMatcher(_NAMES, _WORDS)
_SITE_LISTS = frozenset(fold_header(name) for name in _SITE_LIST_HEADERS.split(";"))


def is_site_list_header(key: str) -> bool:
    """True for the folded name of a column whose cells may hold several sites, such as `Sites`."""
    return key in _SITE_LISTS


def match_header(header: str) -> tuple[str, float]:
    """Which of :data:`TARGETS` a header names, as :meth:`HeaderMatcher.match`."""
    return _match(header[:_LONGEST])


def complete_header(start: str) -> str:
    """A name that a format has cut, in full if one of :data:`TARGETS` begins so: `site_numbe`."""
    return _HEADERS.complete(start[:_LONGEST])


@lru_cache(maxsize=8_192)
def _match(header: str) -> tuple[str, float]:
    return _HEADERS.match(header)
