"""Maps the words of registries and lists for status, phase and sex to ours."""

import re
import unicodedata
from functools import lru_cache

NOT_STATED = "Not stated"

SITE_STATUSES = (
    "Recruiting",
    "Not yet recruiting",
    "Active, not recruiting",
    "Enrolling by invitation",
    "Completed",
    "Suspended",
    "Terminated",
    "Withdrawn",
    "Available",
)
"""The values of a site's status; empty if the source does not say."""

TRIAL_STATUSES = (
    *SITE_STATUSES,
    "No longer available",
    "Temporarily not available",
    "Approved for marketing",
    "Withheld",
    "Unknown status",
)

_STATUS_BY_KEY = {re.sub(r"[^a-z]", "", s.casefold()): s for s in TRIAL_STATUSES} | {
    "unknown": "Unknown status",
    "activenotrecruiting": "Active, not recruiting",
    "nolongerrecruiting": "Active, not recruiting",
    "ongoingnotrecruiting": "Active, not recruiting",
    "openforrecruitment": "Recruiting",
    "enrolling": "Recruiting",
    **dict.fromkeys(
        (
            *("openforenrollment", "opentoenrollment", "opentorecruitment", "opentoaccrual"),
            *("rekrutierend", "rekrutiert", "reclutando", "enreclutamiento", "recrutando"),
            *("encoursderecrutement", "recrutementencours", "inarruolamento"),
        ),
        "Recruiting",
    ),
}


@lru_cache(maxsize=4_096)
def status_word(text: str) -> str:
    """The status in our words: ``ACTIVE_NOT_RECRUITING`` -> ``Active, not recruiting``.

    Unknown text is returned stripped; empty stays empty.
    """
    return _STATUS_BY_KEY.get(re.sub(r"[^a-z]", "", text.casefold()), text.strip())


_SITE_WORDS = {
    "Recruiting": """
        open; opened; site open; open for enrollment; open for inclusion; open for accrual;
        enrollment open; recruitment open; actively recruiting; actively enrolling; enrolling now;
        active, recruiting; active, enrolling; active - open to enrollment; ongoing, recruiting;
        recruitment ongoing; enrollment ongoing; recruiting patients; currently recruiting;
        offen; geöffnet; offen für rekrutierung; rekrutierung offen; rekrutierung läuft;
        in rekrutierung; aktiv rekrutierend; rekrutiert aktiv;
        ouvert; ouvert au recrutement; ouvert aux inclusions; recrutement ouvert; inclusions
        ouvertes; inclusions en cours; en recrutement; recrute;
        abierto; abierto a reclutamiento; abierto al reclutamiento; reclutamiento abierto;
        reclutamiento activo; reclutamiento en curso; activo, reclutando;
        aperto; aperto all'arruolamento; arruolamento aperto; arruolamento in corso;
        reclutamento in corso; reclutamento aperto; attivo, in arruolamento; sta reclutando;
        aberto; aberto ao recrutamento; recrutamento aberto; recrutamento em curso; em recrutamento;
        recrutamento em andamento; ativo, recrutando;
        open voor inclusie; geopend; werving open; rekryterar; rekrytering pågår; rekrutterer;
        otwarty; rekrutacja otwarta; rekrutacja trwa; rekrutujący; w trakcie rekrutacji;
        набор открыт; идет набор; открыт; 募集中; 招募中; 진행중 모집; 모집중; مفتوح
        """,
    "Not yet recruiting": """
        not yet open; not open yet; not opened; not yet opened; not yet active; not yet activated;
        not yet initiated; not yet enrolling; not started; not yet started; planned; to be opened;
        in start-up; start-up; startup; in startup; in set-up; set-up; setup; in setup;
        pending activation; pending initiation; awaiting activation; awaiting initiation;
        recruitment pending; authorised, recruitment pending; authorized, recruitment pending;
        geplant; in vorbereitung; noch nicht offen; noch nicht rekrutierend; noch nicht initiiert;
        rekrutierung geplant; en attente d'ouverture; pas encore ouvert; non ouvert; prévu;
        pendiente de apertura; pendiente de iniciar; aún no recluta; no iniciado; previsto;
        planificado; in attesa di apertura; non ancora aperto; non ancora in arruolamento;
        in attivazione; pianificato; ainda não recrutando; ainda não aberto; pendente de abertura;
        planejado; planeado; nog niet geopend; planerad; planowany; 募集前; 尚未招募; 모집전;
        모집예정
        """,
    "Active, not recruiting": """
        closed to enrollment; closed for enrollment; closed to recruitment; closed for recruitment;
        closed to accrual; closed to inclusion; enrollment closed; recruitment closed; accrual
        closed; enrollment complete; enrollment completed; recruitment complete; recruitment
        completed; recruitment ended; enrollment ended; recruitment finished; ongoing, recruitment
        ended; active, closed to enrollment; active, enrollment closed; active, not enrolling;
        fully enrolled; in follow-up; follow-up; follow-up only; follow-up ongoing;
        rekrutierung abgeschlossen; rekrutierung beendet; rekrutierung geschlossen; nachbeobachtung;
        in nachbeobachtung; für rekrutierung geschlossen; aktiv, nicht rekrutierend;
        recrutement terminé; recrutement clos; recrutement fermé; inclusions terminées; inclusions
        closes; fermé aux inclusions; en suivi; actif, ne recrute plus;
        reclutamiento cerrado; reclutamiento finalizado; reclutamiento completo; cerrado a
        reclutamiento; en seguimiento; activo, no recluta;
        arruolamento chiuso; arruolamento concluso; arruolamento completato; reclutamento chiuso;
        reclutamento concluso; attivo, non in reclutamento; attivo, non in arruolamento;
        recrutamento encerrado; recrutamento concluído; recrutamento fechado; em seguimento;
        em acompanhamento; ativo, não recrutando; gesloten voor inclusie; inclusie gesloten;
        rekrutacja zakończona; rekrutacja zamknięta; набор завершен; набор закрыт; 募集終了;
        招募完成; 招募结束; 모집완료; 모집마감
        """,
    "Completed": """
        closed; site closed; closed out; close-out; closeout; close-out completed;
        complete; finished; ended; closed - completed; study completed; archived;
        geschlossen; abgeschlossen; beendet; zentrum geschlossen; fermé; clos; clôturé; terminé;
        centre fermé; cerrado; finalizado; completado; concluido; centro cerrado; chiuso; concluso;
        completato; terminato; centro chiuso; fechado; encerrado; concluído; finalizada;
        gesloten; afgesloten; afgerond; voltooid; avslutad; avsluttet; afsluttet; stängd; zamknięty;
        zakończony; kapalı; tamamlandı; kapandı; завершен; завершено; закрыт; 終了; 完了; 已完成;
        已结束; 已关闭; 완료; 종료; مغلق; مكتمل
        """,
    "Suspended": """
        on hold; hold; paused; halted; temporarily halted; temporarily closed;
        temporarily not recruiting; enrollment on hold; recruitment on hold; enrollment paused;
        recruitment paused; enrollment suspended; recruitment suspended; active, on hold;
        pausiert; ausgesetzt; unterbrochen; angehalten; vorübergehend geschlossen; suspendu;
        en pause; temporairement fermé; suspendido; en pausa; en espera; pausado; sospeso; in pausa;
        temporaneamente chiuso; suspenso; em pausa; opgeschort; gepauzeerd; pausad; wstrzymany;
        zawieszony; приостановлен; askıda; 中断; 一時中断; 暂停; 已暂停; 중단
        """,
    "Terminated": """
        terminated early; early terminated; prematurely ended; prematurely terminated; prematurely
        closed; closed early; stopped early; abgebrochen; vorzeitig beendet;
        vorzeitig geschlossen; arrêté prématurément; terminado anticipadamente;
        interrotto; chiuso anticipatamente; encerrado prematuramente; 中止; 提前终止; 조기종료
        """,
    "Withdrawn": """
        cancelled; canceled; withdrawn before enrollment; site withdrawn; zurückgezogen; storniert;
        retiré; annulé; retirado; cancelado; ritirato; annullato; cancelada; ingetrokken; wycofany;
        anulowany; отозван
        """,
}
"""Words for a site's status in the lists of sponsors and hospitals, if their meaning is clear.

A site that is just `Closed` was closed out; one closed to enrollment only is called that."""

_UNCLEAR = """
    active; activated; inactive; ongoing; initiated; in progress; aktiv; laufend; initiiert;
    actif; activé; en cours; activo; activado; en curso; attivo; in corso; ativo; em andamento;
    actief; lopend; aktywny; активен; aktif; نشط
    """


def _status_key(text: str) -> str:
    """The letters without accents; `enrolment` and `enrollment` are equal."""
    plain = text.casefold().replace("ł", "l").replace("ß", "ss").replace("ı", "i").replace("ø", "o")
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKD", plain)))
    return letters.replace("enrolment", "enrollment")


_SITE_STATUS_BY_KEY = {
    _status_key(word): status for status, words in _SITE_WORDS.items() for word in words.split(";")
}
_UNCLEAR_KEYS = frozenset(map(_status_key, _UNCLEAR.split(";")))


@lru_cache(maxsize=4_096)
def site_status_word(text: str) -> str:
    """A site's status in our words (``On hold`` -> ``Suspended``), empty if unknown."""
    word = status_word(text)
    return word if word in SITE_STATUSES else _SITE_STATUS_BY_KEY.get(_status_key(text), "")


def is_unclear_if_recruiting(text: str) -> bool:
    """True for words such as ``Active``, which may or may not mean open sites."""
    return _status_key(text) in _UNCLEAR_KEYS


_PHASES = {
    "na": "Not applicable",
    "notapplicable": "Not applicable",
    "earlyphase1": "Early Phase 1",
    "phase0": "Early Phase 1",
}
_LONGEST = 500
_PHASE_NUMBER = re.compile(r"(?:phase|^|[/|,;&\s-])[\s_]{0,9}([1-4]|iv|i{1,3})(?![a-z0-9])")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


@lru_cache(maxsize=4_096)
def phase_word(text: str) -> str:
    """The phase in our words: ``PHASE2`` -> ``Phase 2``, ``PHASE1|PHASE2`` -> ``Phase 1/Phase 2``.

    Unknown text is returned stripped; empty stays empty.
    """
    stripped = text[:_LONGEST].strip()
    key = re.sub(r"[^a-z0-9]", "", stripped.casefold())
    if key in _PHASES:
        return _PHASES[key]
    numbers = _PHASE_NUMBER.findall(stripped.casefold())
    if not numbers:
        return stripped
    return "/".join(f"Phase {_ROMAN.get(n, n)}" for n in dict.fromkeys(numbers))


_PHRASES = {
    "na": "Not applicable",
    "n/a": "Not applicable",
    "both": "All",
    "singlegroupassignment": "Single group",
    "parallelassignment": "Parallel",
    "crossoverassignment": "Crossover",
    "factorialassignment": "Factorial",
    "sequentialassignment": "Sequential",
    "nonrandomized": "Non-randomized",
    "none": "None (open label)",
    "noneopenlabel": "None (open label)",
    "openlabel": "None (open label)",
    "fed": "U.S. federal agency",
    "usfedagency": "U.S. federal agency",
    "usfed": "U.S. federal agency",
    "nih": "NIH",
    "indiv": "Individual",
    "othergov": "Other government",
    "clinicaltrialsgovunknown": "Not stated",
    "eudractnumber": "EudraCT number",
    "ctisnumber": "CTIS number",
    "dietarysupplement": "Dietary supplement",
    "combinationproduct": "Combination product",
    "diagnostictest": "Diagnostic test",
}
_ACRONYM = re.compile(r"\b(Dna|Nih|Who|Ect|Us|Uk|Eu)\b")


@lru_cache(maxsize=4_096)
def phrase(text: str) -> str:
    """A registry's design word, sex, class or role as people write it.

    ``SINGLE_GROUP`` and ``Single Group Assignment`` -> ``Single group``; ``ALL`` and ``Both`` ->
    ``All``; ``NA`` -> ``Not applicable``; a masking keeps its list of roles:
    ``TRIPLE (PARTICIPANT, INVESTIGATOR)`` -> ``Triple (participant, investigator)``.
    """
    stripped = " ".join(text.replace("_", " ").split())
    known = _PHRASES.get(re.sub(r"[^a-z/]", "", stripped.casefold()))
    if known is not None or not stripped:
        return known or ""
    sentence = stripped[0].upper() + stripped[1:].lower()
    return _ACRONYM.sub(lambda found: found[0].upper(), sentence)
