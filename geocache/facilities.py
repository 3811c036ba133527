"""Facility names that name nobody: placeholders sponsors put where the hospital should stand."""

import re
from functools import lru_cache

from geocache.names import repair

_GENERIC = (
    r"clinical|research|investigat(?:ion(?:al)?|ive|ional|or'?s?|ors)|investigati?onal|trial|study|medical|"
    r"institution|institute|facility|site|sites|center|centre|local|participating|enrolling|test|"
    r"recruit(?:ing|ment)?|location|number|no|nr|num|id|code|unit|for|the|of|and|at|a|this|country|"
    r"another|other|additional|various|multiple|selected|unknown|not|provided|available|applicable|"
    r"specified|disclosed|name|tbd|tbc|na|none|confidential|anonymi[sz]ed|private|practice|"
    r"investigador|sitio|centro|sponsor|company|pharma|reference|ref|see|central|contact|"
    r"us|usa|uk|eu|zone|region|site's|number's|facilit(?:y|ies)|pending|hospital|clinic|office"
)
_SPONSORS = (
    r"novartis|gsk|glaxosmithkline|pfizer|sanofi|sanofi-aventis|aventis|bayer|roche|hoffmann|la|lilly|"
    r"eli|merck|msd|abbvie|abbott|astrazeneca|amgen|takeda|boehringer|ingelheim|janssen|j&j|johnson|"
    r"bristol|myers|squibb|bristol-myers|bms|gilead|biogen|celgene|novo|nordisk|teva|ucb|astellas|daiichi|"
    r"sankyo|eisai|otsuka|shire|allergan|alexion|regeneron|vertex|incyte|genentech|servier|ipsen|"
    r"lundbeck|wyeth|schering|plough|schering-plough|alcon|forest|cephalon|baxalta|baxter|csl|behring|"
    r"grifols|octapharma|serono|emd|merz|galderma|leo|almirall|chiesi|menarini|moderna|biontech|"
    r"novavax|medimmune|sunovion|sepracor|shionogi|kyowa|kirin|kowa|mitsubishi|tanabe|beigene|"
    r"vaccines|pharmaceuticals?|pharma|inc|ltd|llc|gmbh|ag|co|corp|s\.?a\.?|global|r&d|laboratories|labs?"
)
_WORDS = re.compile(rf"(?:{_GENERIC})", re.IGNORECASE)
_SPONSOR_WORDS = re.compile(rf"(?:{_SPONSORS})", re.IGNORECASE)
_SPLIT = re.compile(r"[\s\-–—:;,#/()\[\]{}._*|\"“”?!]+")
_CODE = re.compile(r"(?:[a-z]{0,5}\d[\da-z]*|[ivx]+|[a-z])", re.IGNORECASE)
_SENTENCE = re.compile(
    r"for (?:additional|more|further|study|trial|recruitment|site|any)?\s*(?:information|info|details|"
    r"location)|call (?:the )?(?:lilly|study|toll|1-?8)|please (?:contact|call|see|email)|"
    r"contact (?:the )?(?:sponsor|study|lilly|us\b)|clinicaltrials?\s*(?:info|support|disclosure)|@|https?://|"
    r"there (?:may be|are) (?:other|multiple|additional)|see central contact|local institution|"
    r"investigati(?:ve|onal) (?:trial |study )?sites?\b|research facility id|many locations|use link|multiple (?:sites|locations|centers|centres)|1-877-ctlilly|"
    r"\b(?:investigat(?:ional|ive|or'?s?)|research|study|trial|clinical)(?: trials?| study| research)? site\s*"
    r"(?:number|no\.?|nr\.?|id|code)?\s*[:#.\-–(]*\s*[a-z]{0,5}-?\d",
    re.IGNORECASE,
)
_NAMING = frozenset(("hospital", "clinic", "institute", "practice", "office", "private", "centro"))
_TELLING = re.compile(
    r"\b(?:sites?|investigat\w+|institution|facility|facilities|recruit\w*|location|number|"
    r"not|unknown|tbd|tbc|none|na|confidential|n/a|various|multiple|sitio|undisclosed|anonymi[sz]ed)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=100_000)
def is_placeholder(facility: str) -> bool:
    """Whether a facility name stands for an unnamed site.

    True for empty names, bare numbers and codes, generic words (``Research Site``), a sponsor's name
    with generic words (``Novartis Investigative Site``), and sentences about whom to contact. False
    as soon as a word remains that could name a place: ``Duke Clinical Research Site``.
    """
    text = repair(facility).strip()
    if not text or _SENTENCE.search(text):
        return True
    words = [word for word in _SPLIT.split(text) if word]
    sponsored = False
    for word in words:
        if _CODE.fullmatch(word) or _WORDS.fullmatch(word):
            continue
        if _SPONSOR_WORDS.fullmatch(word):
            sponsored = True
            continue
        return False
    naked = all(_CODE.fullmatch(word) for word in words)
    return (
        naked
        or sponsored
        and bool(_TELLING.search(text))
        or bool(_TELLING.search(text))
        or (not sponsored and not any(w.casefold() in _NAMING for w in words) and len(words) <= 3)
    )
