"""Every regular expression of the packages, and inputs that make bad ones slow."""

import pkgutil
import re
import time
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import dashboard
import geocache

try:  # what parses a pattern; a private module with public names since Python 1.5
    from re import _constants as constants  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:
    import sre_constants as constants  # type: ignore[no-redef]
    import sre_parse as parser  # type: ignore[no-redef]

ENTRY_POINTS = {"dashboard.page.main"}
"""Modules that do something when imported."""


def modules() -> Iterator[ModuleType]:
    """Every module of both packages."""
    for package in (geocache, dashboard):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every compiled pattern by the name of its module and variable; also within containers."""
    found: dict[str, re.Pattern[Any]] = {}
    seen: set[int] = set()

    def look(name: str, value: object, depth: int = 0) -> None:
        if isinstance(value, re.Pattern):
            if id(value) not in seen:
                seen.add(id(value))
                found[name] = value
        elif depth < 3 and isinstance(value, tuple | list | set | frozenset):
            for number, each in enumerate(value):
                look(f"{name}[{number}]", each, depth + 1)
        elif depth < 3 and isinstance(value, dict):
            for key, each in value.items():
                look(f"{name}[{key!r}]", each, depth + 1)
        elif isinstance(value, type) and value.__module__.split(".")[0] in {
            "dashboard",
            "geocache",
        }:
            for key, each in vars(value).items():
                look(f"{name}.{key}", each, depth + 1)

    for module in modules():
        for key, value in vars(module).items():
            look(f"{module.__name__}.{key}", value)
    return found


def characters(pattern: re.Pattern[Any]) -> list[str]:
    """Characters a pattern speaks of: its literals, one or two of each of its classes."""
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    found: list[str] = []

    def visit(parsed: Any) -> None:
        for op, value in parsed:
            if op in {constants.LITERAL, constants.NOT_LITERAL}:
                found.append(chr(value))
            elif op is constants.RANGE:
                found.append(chr(value[0]))
            elif op is constants.CATEGORY:
                found.append({"SPACE": " ", "DIGIT": "1", "WORD": "a"}.get(str(value)[9:], "-"))
            elif op is constants.IN:
                visit(value)
            elif op in {constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT}:
                visit(value[2])
            elif op is constants.SUBPATTERN:
                visit(value[3])
            elif op is constants.ATOMIC_GROUP:
                visit(value)
            elif op is constants.BRANCH:
                for branch in value[1]:
                    visit(branch)
            elif op in {constants.ASSERT, constants.ASSERT_NOT}:
                visit(value[1])

    visit(
        parser.parse(
            text, pattern.flags & ~re.UNICODE if isinstance(source, bytes) else pattern.flags
        )
    )
    plain = [each for each in dict.fromkeys(found) if isinstance(source, str) or ord(each) < 256]
    return list(dict.fromkeys([*plain[:12], *"a 1,-"]))


def pumped(pattern: re.Pattern[Any], length: int) -> Iterator[Any]:
    """Texts of about a length, a short piece repeated, and something else at its end."""
    known = characters(pattern)
    pieces = [*known, *(a + b for a in known[:8] for b in known[:8] if a != b)]
    literal = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    )
    words = re.findall(r"[A-Za-z]{2,}", literal)[:3]
    pieces += words
    for piece in pieces:
        for start in ("", *(w for w in words[:1])):
            for end in ("", "\x00", "!"):
                text = start + piece * (length // len(piece)) + end
                yield text.encode("latin-1") if isinstance(pattern.pattern, bytes) else text


def seconds(pattern: re.Pattern[Any], text: Any) -> float:
    """The least time of three to match a text and find all matches in it."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        pattern.match(text)
        for _match in pattern.finditer(text):
            pass
        best = min(best, time.perf_counter() - began)
        if best < 0.002:
            break
    return best
