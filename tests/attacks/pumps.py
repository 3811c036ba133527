"""Every compiled pattern of the two packages, and texts that would make a bad one slow."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, NamedTuple

import dashboard
import geocache

_NOT_FOR_IMPORT = ("dashboard.page.main",)
"""Scripts that Streamlit runs."""

_UNITS = (
    *(
        " ",
        "\t",
        "\n",
        "\r\n",
        "\xa0",
        "a",
        "A",
        "Ä",
        "1",
        "01",
        "漢",
        ".",
        ",",
        ";",
        "-",
        "_",
        "/",
    ),
    *("|", "(", ")", "[", "]", "{", "}", "<", ">", '"', "'", ":", "=", "&", "#", "*", "+", "\\"),
    *("<aaaa", "a|", "[[[", "a ", "a, ", "a; ", "1 ", "1.", "1,", "a-", "a.", "a1", "(a", "a)"),
    *('{"a":', '{"a":1},', '"a",', "</a>", "<!--", "-->", "&a;", "A a ", ", ,", " - ", "1-", "°"),
)
"""What is repeated to pump a text."""

_POISON = ("", "!", "\x00", "\n!")
"""What ends a text so that a pattern fails late."""

_CHARACTERS = 3_000
_FLOOR_SECONDS = 0.001
"""Shorter times say nothing: a quadratic pattern takes some 10 ms for so many characters."""

_MOST_TIMES = 3.0
"""A text of twice the length takes at most so many times the work; a quadratic pattern takes 4."""

_ENOUGH_SECONDS = 0.3
"""A measurement is not repeated for longer."""


class Found(NamedTuple):
    """A pattern, where it stands, and whether it is only matched at the start of a text."""

    where: str
    pattern: re.Pattern[Any]
    at_start: bool


def list_patterns() -> list[Found]:
    """The patterns of all modules: in globals, in containers there, in calls of ``re``."""
    found: dict[tuple[str | bytes, int, bool], Found] = {}
    for module in _iter_modules():
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        for name, value in vars(module).items():
            called = set(re.findall(rf"\b{name}\.(\w+)", source))
            at_start = bool(called) and called <= {"match", "fullmatch"}
            for pattern in _iter_inside(value):
                _add(found, Found(f"{module.__name__}.{name}", pattern, at_start))
        for line, pattern, at_start in _iter_called(source):
            _add(found, Found(f"{module.__name__}:{line}", pattern, at_start))
    return list(found.values())


def _add(found: dict[tuple[str | bytes, int, bool], Found], one: Found) -> None:
    found.setdefault((one.pattern.pattern, one.pattern.flags, one.at_start), one)


def _iter_modules() -> Iterator[ModuleType]:
    for package in (dashboard, geocache):
        for about in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if about.name not in _NOT_FOR_IMPORT:
                yield importlib.import_module(about.name)


def _iter_inside(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, dict):
        for inner in value.values():
            yield from _iter_inside(inner, depth + 1)
    elif depth < 3 and isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _iter_inside(inner, depth + 1)


def _iter_called(source: str) -> Iterator[tuple[int, re.Pattern[Any], bool]]:
    """Patterns in calls such as ``re.sub(r"…", …)``: their lines, and if they are at the start."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in ("escape", "compile")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            at_start = node.func.attr in ("match", "fullmatch")
            yield node.lineno, re.compile(node.args[0].value), at_start


# Texts


def list_pumps(pattern: re.Pattern[Any]) -> list[Callable[[int], str]]:
    """Functions from a length to a text of about that length.

    Usual units are repeated, and the pattern's own: for each of its repetitions, what leads to it
    and then what it repeats.
    """
    own = {part for text in _list_literals(pattern) for part in (text, text + " ", text + "1")}
    pumps = [_pump("", unit, end) for unit in (*_UNITS, *sorted(own)) for end in ("", "!")]
    for before, body in _list_repetitions(pattern):
        pumps += [_pump(before, body, end) for end in _POISON]
    return pumps


def _pump(before: str, unit: str, end: str) -> Callable[[int], str]:
    return lambda length: before + unit * (length // len(unit)) + end


def _parse(pattern: re.Pattern[Any]) -> Any:
    text = pattern.pattern
    return _parser.parse(
        text, pattern.flags & ~re.UNICODE if isinstance(text, bytes) else pattern.flags
    )


def _list_literals(pattern: re.Pattern[Any]) -> list[str]:
    """The stretches of literal characters in a pattern."""
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    plain = re.sub(r"\\.|[\[\](){}?*+^$.|]", "\0", text)
    return sorted({part for part in plain.split("\0") if part}, key=len)[-12:]


def _list_repetitions(pattern: re.Pattern[Any]) -> list[tuple[str, str]]:
    """For each repetition: a text that leads to it, and one that it repeats."""
    found: list[tuple[str, str]] = []
    _walk(_parse(pattern), "", found)
    return [(before, body) for before, body in found if body][:30]


_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def _walk(tree: Any, before: str, found: list[tuple[str, str]]) -> str:
    """Collect the repetitions in a parsed pattern; returns a shortest text that it matches."""
    text = ""
    for kind, value in tree:
        lead = before + text
        if kind in _REPEATS:
            least, most, inner = value
            body = _walk(inner, lead, found)
            if most > 8:
                found.append((lead, body or "a"))
            text += body * max(least, 0 if most > 8 else min(most, 1))
        elif kind is sre.SUBPATTERN:
            text += _walk(value[-1], lead, found)
        elif kind is sre.ATOMIC_GROUP:
            text += _walk(value, lead, found)
        elif kind is sre.BRANCH:
            branches = [_walk(branch, lead, found) for branch in value[1]]
            text += branches[0]
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            shown = _walk(value[1], lead, found)
            text += shown if kind is sre.ASSERT and value[0] < 0 else ""
        else:
            text += _show(kind, value)
    return text


def _show(kind: Any, value: Any) -> str:
    """A character that a part of a pattern matches."""
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is sre.ANY:
        return "a"
    if kind is sre.IN:
        return _show_set(value)
    return ""


def _show_set(parts: Any) -> str:
    inside = _compile_set(parts)
    return next((sign for sign in "a1 A-.,;(é\n<" if inside(sign)), "a")


def _compile_set(parts: Any) -> Callable[[str], bool]:
    negated = any(kind is sre.NEGATE for kind, _ in parts)

    def matches(sign: str) -> bool:
        return negated != any(_is_in(kind, value, sign) for kind, value in parts)

    return matches


def _is_in(kind: Any, value: Any, sign: str) -> bool:
    if kind is sre.LITERAL:
        return chr(value) == sign
    if kind is sre.RANGE:
        return value[0] <= ord(sign) <= value[1]
    if kind is sre.CATEGORY:
        name = str(value).rpartition("_")[2]
        good = {"DIGIT": str.isdigit, "SPACE": str.isspace}.get(name, _is_word)
        return good(sign) != ("NOT" in str(value))
    return False


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


# Work


def find_slow_pump(found: Found) -> str:
    """A text on which a pattern takes more than linear time, in words; empty if there is none."""
    for pump in list_pumps(found.pattern):
        seconds = _measure(found, pump(_CHARACTERS))
        if seconds < _FLOOR_SECONDS:
            continue
        if is_superlinear(lambda length, pump=pump: _measure(found, pump(length))):  # type: ignore[misc]
            return f"{pump(60)!r}: {seconds * 1000:.1f} ms for {_CHARACTERS:,} characters"
    return ""


def is_superlinear(measure: Callable[[int], float]) -> bool:
    """True if twice the length takes more than three times the work, also when measured with care.

    ``measure`` takes a length, and returns the processor time. In the end four times the length
    must take more than nine times the work: linear work takes four times as much, quadratic
    sixteen, so that a busy machine does not make one look like the other.
    """
    for factor, tries in ((2, 2), (2, 9), (4, 9)):
        once = _find_shortest(measure, _CHARACTERS, tries)
        longer = _find_shortest(measure, factor * _CHARACTERS, tries)
        if longer <= _MOST_TIMES ** (factor // 2) * once:
            return False
    return True


def _find_shortest(measure: Callable[[int], float], length: int, tries: int) -> float:
    """The shortest of some tries; what takes long is measured well enough by fewer."""
    shortest, spent = float("inf"), 0.0
    for _ in range(tries):
        seconds = measure(length)
        shortest, spent = min(shortest, seconds), spent + seconds
        if spent > _ENOUGH_SECONDS:
            break
    return shortest


def _measure(found: Found, text: str) -> float:
    """The processor time to find all matches, or one at the start."""
    pattern = found.pattern
    data: Any = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    began = time.process_time()
    if found.at_start:
        pattern.match(data)
    else:
        for _match in pattern.finditer(data):
            pass
    return time.process_time() - began
