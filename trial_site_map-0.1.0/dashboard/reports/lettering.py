"""Text as the fonts at hand can draw it, measured and wrapped."""

import unicodedata
from functools import cache

from anyascii import anyascii
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

_WANTED = (
    "DejaVu Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans JP",
)
_SHAPED = ("ARABIC", "HEBREW", "THAI", "DEVANAGARI", "BENGALI", "TAMIL", "SYRIAC", "KHMER", "LAO")
"""Scripts whose letters change with their neighbours, or run from the right: drawing them letter by
letter would be wrong."""


@cache
def find_families() -> tuple[str, ...]:
    """The installed font families to draw with, the first that has a letter draws it."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in _WANTED if name in installed)


@cache
def _fonts() -> tuple[FT2Font, ...]:
    return tuple(font_manager.get_font(font_manager.findfont(family)) for family in find_families())


@cache
def can_draw(letter: str) -> bool:
    """Whether a letter can be drawn as it is."""
    if unicodedata.name(letter, "").startswith(_SHAPED):
        return False
    return any(font.get_char_index(ord(letter)) for font in _fonts())


def is_drawable(text: str) -> bool:
    """Whether every letter can be drawn as it is."""
    return all(letter.isascii() or can_draw(letter) for letter in text)


def to_drawable(text: str) -> str:
    """The text, with what cannot be drawn in Latin letters, so that no letter shows as a box.

    ``$`` has no meaning here: it is escaped for the drawing library.
    """
    shown = "".join(
        letter if letter.isascii() or can_draw(letter) else anyascii(letter) for letter in text
    )
    kept = "".join(letter for letter in shown if letter.isprintable() or letter == "\n")
    return kept.replace("$", r"\$")


def build_font(size: float, *, bold: bool = False) -> FontProperties:
    """The font of a size in points, with fallbacks."""
    return FontProperties(
        family=list(find_families()), size=size, weight="bold" if bold else "normal"
    )


def measure_text(text: str, font: FontProperties) -> tuple[float, float]:
    """Width and height of a text in points."""
    size = float(font.get_size_in_points())
    if not text.strip():
        return 0.0, size
    face = _open_face(bold=font.get_weight() == "bold")
    face.set_size(size, 72)
    face.set_text(text.replace(r"\$", "$"), 0.0, flags=LoadFlags.NO_HINTING)
    width, height = face.get_width_height()
    return width / 64, max(height / 64, size * 0.8)


@cache
def _open_face(*, bold: bool) -> FT2Font:
    """The font with its fallbacks, as the drawing library opens it."""
    weight = "bold" if bold else "normal"
    paths = [
        font_manager.findfont(FontProperties(family=[family], weight=weight))
        for family in find_families()
    ]
    return font_manager.get_font(paths)


def wrap(text: str, font: FontProperties, width: float, lines: int) -> list[str]:
    """The text in at most so many lines of a width in points, the last one cut with an ellipsis."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines:
        line = words.pop(0)
        while words and measure_text(f"{line} {words[0]}", font)[0] <= width:
            line += f" {words.pop(0)}"
        if words and len(found) == lines - 1:
            line += " …"
            words = []
        while len(line) > 2 and measure_text(line, font)[0] > width:
            line = line[:-2].rstrip(" …") + "…"
        found.append(line)
    return found
