"""Protection against formula injection for whole columns."""

import pyarrow as pa
import pyarrow.compute as pc

from geocache.files.formula_injection import HARMLESS, RISKY


def escape_formulas(texts: pa.Array) -> pa.Array:
    """The texts, each as :func:`geocache.files.formula_injection.escape_formula` writes it."""
    risky = pc.match_substring_regex(texts, RISKY)
    if not pc.any(risky).as_py():
        return texts
    risky = pc.and_(risky, pc.invert(pc.match_substring_regex(texts, HARMLESS)))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)
