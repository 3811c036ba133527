"""Which registers there are: those of the setting, and those that were added."""

import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from filelock import FileLock

from geocache.errors import ConfigurationError, GeocacheError, InputError, describe_os_error
from geocache.gazetteer.index_folder import find_damage, write_checksums
from geocache.paths import PACKAGE
from geocache.registers.facility import Warn
from geocache.registers.index import META, RegisterIndex
from geocache.registers.provider import LocateTown, Register, UnreadableRegister
from geocache.registers.reading import SUFFIXES
from geocache.settings import GeocacheSettings

SETTING = "GEOCACHE_REGISTERS"
_BUILD_TIMEOUT_SECONDS = 600.0
_LICENCE_SUFFIX = ".licence"
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")

log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]


class RegisterFile(NamedTuple):
    """A register's file: its name, whether it was added, and a problem if it cannot be used."""

    title: str
    path: Path
    added: bool
    problem: str = ""

    @property
    def licence(self) -> str:
        """The text of the file beside it that ends in ``.licence``, on one line."""
        beside = self.path.with_name(self.path.name + _LICENCE_SUFFIX)
        try:
            return " ".join(beside.read_text(encoding="utf-8", errors="replace").split())[:200]
        except OSError:
            return ""


@cache
def compute_rules_version() -> str:
    """A version that changes with the code that reads and matches registers."""
    digest = blake2b(digest_size=4)
    for package in ("registers", "geo", "tables"):
        for file in sorted((PACKAGE / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def make_title(path: Path) -> str:
    """The name of a register from its file's: ``Hospitals 2026.csv`` -> ``hospitals-2026``."""
    stem = path.name[: -len(path.suffix)] if path.suffix.casefold() in SUFFIXES else path.name
    return _NOT_IN_NAMES.sub("-", stem.casefold()).strip("-.")[:60] or "register"


def list_files(settings: GeocacheSettings) -> list[RegisterFile]:
    """The registers, those of the setting first; one that cannot be used has a problem."""
    found: dict[str, RegisterFile] = {}
    for path, added in _iter_paths(settings):
        title = make_title(path)
        if title in found:
            number = next(n for n in range(2, len(found) + 3) if f"{title}-{n}" not in found)
            problem = f"{path.name}: another register has this name already; rename the file"
            found[f"{title}-{number}"] = RegisterFile(f"{title}-{number}", path, added, problem)
            continue
        problem = "" if path.is_file() else f"{path.name}: no such file or folder"
        found[title] = RegisterFile(title, path, added, problem)
    return list(found.values())


def _iter_paths(settings: GeocacheSettings) -> Iterator[tuple[Path, bool]]:
    for path in settings.registers:
        if path.is_dir():
            yield from ((each, False) for each in _list_folder(path))
        else:
            yield path, False
    yield from ((each, True) for each in _list_folder(settings.register_folder / "files"))


def _list_folder(folder: Path) -> list[Path]:
    """The files of a folder that look like registers, by name."""
    try:
        return sorted(
            each
            for each in folder.iterdir()
            if each.suffix.casefold() in SUFFIXES and not each.name.startswith(".")
        )
    except OSError:
        return []


def open_registers(
    settings: GeocacheSettings, locate_town: LocateTown, town_version: str, progress: Progress
) -> list[Register | UnreadableRegister]:
    """The registers as providers, in order; their indexes are built where there are none.

    Args:
        settings: name the registers.
        locate_town: the gazetteer's ``locate``.
        town_version: the gazetteer's version, which is part of the registers'.
        progress: called during a build with a sentence and the fraction done, 0-1.

    One that cannot be used is an :class:`UnreadableRegister`, which has the reason as a warning.
    """
    towns = blake2b(town_version.encode(), digest_size=3).hexdigest()
    opened: list[Register | UnreadableRegister] = []
    for file in list_files(settings):
        try:
            index = open_index(file, settings, progress, warn=log.warning)
            version = f"{index.folder.name.rpartition('~')[2]}-{towns}"
            opened.append(Register(index, version, locate_town))
        except OSError as error:
            log.warning("The register %s is not used: %s", file.title, describe_os_error(error))
            opened.append(UnreadableRegister(file.title, error.strerror or "not readable"))
        except GeocacheError as error:
            opened.append(UnreadableRegister(file.title, str(error)))
    return opened


def open_index(
    file: RegisterFile,
    settings: GeocacheSettings,
    progress: Progress,
    *,
    warn: Warn = lambda _message: None,
) -> RegisterIndex:
    """The index of a register; built if there is none of its content, or a damaged one.

    ``warn`` is called after a build with what was left out.

    Raises:
        InputError: the file cannot be used.
        IndexBuildError: its index is damaged.
        OSError: the data folder cannot be written.
    """
    if file.problem:
        raise InputError(file.problem)
    folder = settings.register_folder / "index"
    stat = file.path.stat()
    state = [stat.st_size, stat.st_mtime_ns, file.licence, compute_rules_version()]
    found = _find_index(folder, file.title, state)
    if found is None:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{file.title}.lock", timeout=_BUILD_TIMEOUT_SECONDS):
            found = _find_index(folder, file.title, state)
            if found is None:
                found = _build(file, folder, state, progress)
                for message in RegisterIndex(found).about["messages"]:
                    warn(message)
    return RegisterIndex(found)


def _find_index(folder: Path, title: str, state: list[Any]) -> Path | None:
    """The index of a file as it is now: by size and time, so that it need not be read."""
    for each in folder.glob(f"{title}~*"):
        try:
            known = json.loads((each / META).read_bytes()).get("state") == state
        except (OSError, ValueError, AttributeError):
            continue
        if known and not find_damage(each):
            return each
    return None


def _build(file: RegisterFile, folder: Path, state: list[Any], progress: Progress) -> Path:
    from geocache.registers.build import build_index, digest_file  # noqa: PLC0415 - with numpy

    rules = compute_rules_version()
    licence = blake2b(file.licence.encode(), digest_size=2).hexdigest()
    wanted = folder / f"{file.title}~{digest_file(file.path)}-{licence}-{rules}"
    about = {"name": file.title, "licence": file.licence, "state": state}
    old = [each for each in folder.glob(f"{file.title}~*") if each != wanted]
    if wanted.is_dir() and not find_damage(wanted):  # the same content with another time
        known = json.loads((wanted / META).read_bytes())
        _write_meta(wanted, {**known, "state": state})
    else:
        shutil.rmtree(wanted, ignore_errors=True)
        build_index(file.path, wanted, about, progress)
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return wanted


def _write_meta(folder: Path, document: dict[str, Any]) -> None:
    temporary = folder / f".{META}"
    temporary.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    temporary.replace(folder / META)
    write_checksums(folder)


def check_indexes(settings: GeocacheSettings) -> str:
    """What is wrong with the indexes of registers, in a few words; empty if they are undamaged."""
    folders = sorted((settings.register_folder / "index").glob("*~*"))
    found = {folder.name.rpartition("~")[0]: find_damage(folder) for folder in folders}
    return "; ".join(f"{title}: {damage}" for title, damage in found.items() if damage)


def add_file(
    settings: GeocacheSettings, source: Path, *, name: str = "", licence: str = ""
) -> RegisterFile:
    """Copy a file among the registers of the data folder, in place of one of the same name.

    Raises:
        InputError: it is no file, or has an ending that no register has.
        ConfigurationError: the setting names a register of this name.
        OSError: it cannot be copied.
    """
    if not source.is_file():
        raise InputError(f"{source}: no such file")
    suffix = source.suffix.casefold()
    if suffix not in SUFFIXES:
        known = ", ".join(sorted(SUFFIXES))
        raise InputError(f"{source}: the name of a register ends in one of {known}")
    title = make_title(Path(name + suffix)) if name else make_title(source)
    if any(each.title == title and not each.added for each in list_files(settings)):
        raise ConfigurationError(f"{SETTING} names a register {title} already; give another --name")
    folder = settings.register_folder / "files"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / (title + suffix)
    temporary = folder / f".{title}{suffix}.part"
    shutil.copyfile(source, temporary)
    beside = RegisterFile(title, source, added=True).licence
    for each in list_files(settings):
        if each.added and each.title == title:
            _delete(each)
    if licence or beside:
        (folder / (target.name + _LICENCE_SUFFIX)).write_text(licence or beside, encoding="utf-8")
    os.replace(temporary, target)  # noqa: PTH105
    return RegisterFile(title, target, added=True)


def remove_file(settings: GeocacheSettings, title: str) -> None:
    """Delete a register that was added, and its index.

    Raises:
        InputError: there is none of this name.
        ConfigurationError: the setting names it.
    """
    found = next((each for each in list_files(settings) if each.title == title), None)
    if found is None:
        raise InputError(f"no register is named {title}; see geocache register list")
    if not found.added:
        raise ConfigurationError(f"{title} is named by {SETTING}: take {found.path} out of it")
    _delete(found)
    for index in (settings.register_folder / "index").glob(f"{title}~*"):
        shutil.rmtree(index, ignore_errors=True)


def _delete(file: RegisterFile) -> None:
    file.path.unlink(missing_ok=True)
    file.path.with_name(file.path.name + _LICENCE_SUFFIX).unlink(missing_ok=True)
