"""Finds the registry number of a trial in text, for lists without a column of trials."""

import re
from collections.abc import Iterable

_NCT = re.compile(r"(?<![A-Za-z0-9])NCT[\s:#._–-]{0,3}(\d{8})(?!\d)", re.IGNORECASE)
_OTHER = re.compile(
    r"(?<![\w-])(20\d\d-5\d{5}-\d{2}(?:-\d{2})?|\d{4}-\d{6}-\d{2}|ISRCTN\d{8}|DRKS\d{8}|"
    r"ACTRN\d{14}|ChiCTR\w{8,20}|CTRI/\d{4}/\d{2,3}/\d{6}|jRCT[a-z]?\d{9,10}|KCT\d{7}|UMIN\d{9}|"
    r"RBR-[0-9a-z]{5,8}|PACTR\d{15,16}|IRCT\d{8,20}N\d{1,3}|TCTR\d{11}|SLCTR/\d{4}/\d{3})(?![\w-])",
    re.IGNORECASE,
)


def find_trial_id(texts: Iterable[str]) -> str:
    """The trial's number in the first text that names exactly one; empty if none does.

    Beside a ClinicalTrials.gov number those of other registries are ignored: they name the same
    trial.
    """
    for text in texts:
        plain = text.replace("_", " ")
        found = {f"NCT{digits}" for digits in _NCT.findall(plain)} or set(_OTHER.findall(plain))
        if len(found) == 1:
            return found.pop()
    return ""
