"""Data as JavaScript that is safe inside a script or a template."""

import json
import re

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSAFE = re.compile(r"\\.|[<>&$`_/{}'()=;]")


def dump_script_json(value: object) -> str:
    """JSON that survives inside a script in which others search and replace.

    Folium renders templates and streamlit-folium replaces ``_names`` in the script that this goes
    into. Inside strings, markup and the characters of such patterns are written as ``\\u….``.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return _STRINGS.sub(lambda string: _UNSAFE.sub(_escape, string[0]), text)


def _escape(found: re.Match[str]) -> str:
    """A character as ``\\u….``; what JSON escaped already stays."""
    return found[0] if found[0][0] == "\\" else f"\\u{ord(found[0]):04x}"
