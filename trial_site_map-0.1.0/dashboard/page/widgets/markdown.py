"""Escapes text and links from data for Markdown."""

import re
from urllib.parse import quote, urlsplit

from dashboard.sites.trial import Trial

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@/])")
_TYPOGRAPHIC = re.compile(r"(?<!\S)(?:<->|->|<-|--|>=|<=|~=)(?!\S)")
_AUTOLINK = re.compile(
    r"(?<=http:)(?=//)|(?<=https:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=\S)", re.IGNORECASE
)
"""Where text becomes a link by itself, however its characters are escaped (GFM autolinks)."""
WORD_JOINER = "\u2060"
"""Invisible; keeps Streamlit from turning a lone ``--`` into a dash, or an address into a link."""
_NCT = re.compile(r"^NCT\d{8}$")


def escape(text: object) -> str:
    """Markdown that shows exactly this text: no markup, link, emoji or formula."""
    words = " ".join(str(text).split())
    joined = _TYPOGRAPHIC.sub(lambda found: WORD_JOINER.join(found[0]), words)
    return _SPECIAL.sub(r"\\\1", _AUTOLINK.sub(WORD_JOINER, joined))


def safe_url(url: str) -> str:
    """The URL if it is http(s) with a host, else empty."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return quote(url.strip(), safe=":/?#[]@!$&'*+,;=%~-._")


def link(url: str, text: str) -> str:
    """A Markdown link, or only the text if the URL is not safe."""
    target = safe_url(url)
    return f"[{escape(text)}]({target})" if target else escape(text)


def nct_url(trial_id: str) -> str:
    """The registry's page of an NCT number, empty for other ids."""
    return f"https://clinicaltrials.gov/study/{trial_id}" if _NCT.match(trial_id) else ""


def pubmed_url(pmid: str) -> str:
    """PubMed's page of a PMID, empty for any other text."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid.isdigit() else ""


def trial_url(trial: Trial) -> str:
    """The URL of the trial's record: the registry's page, else the one in its source."""
    return nct_url(trial.trial_id) or trial.url
