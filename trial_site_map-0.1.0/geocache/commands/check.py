"""``geocache check``: is what is stored undamaged?"""

import json
from pathlib import Path

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@click.option("--acknowledge", is_flag=True, help="End the messages about earlier damage.")
def check(as_json: bool, acknowledge: bool) -> int:
    """Check the place index, the registers' and the store in full; changes nothing.

    A damaged index is built again when it is next opened. Of a damaged store everything readable
    is then moved into a new one; messages say so until you acknowledge that. Exit code 1 if
    something is damaged.

    \b
    Example:
      geocache check
    """
    if acknowledge:
        _acknowledge()
    found = {
        "index": _check_index(),
        "registers": _check_registers(),
        "store": _check_store(),
    }
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for what, damage in found.items():
            click.echo(f"{what:<9} {damage or 'undamaged'}")
    return 1 if any(found.values()) else 0


def _check_index() -> str:
    from geocache.gazetteer import check_index  # noqa: PLC0415 - slow to import
    from geocache.settings import read_settings  # noqa: PLC0415

    return check_index(read_settings().index_folder)


def _check_registers() -> str:
    from geocache.registers.catalogue import check_indexes  # noqa: PLC0415
    from geocache.settings import read_settings  # noqa: PLC0415

    return check_indexes(read_settings())


def _check_store() -> str:
    from geocache.store.sqlite_file import find_damage  # noqa: PLC0415 - slow to import

    file = _find_store()
    return find_damage(file) if file is not None and file.exists() else ""


def _acknowledge() -> None:
    from geocache.store.damage import acknowledge  # noqa: PLC0415 - slow to import

    file = _find_store()
    count = acknowledge(file) if file is not None else 0
    click.echo(f"{count} messages acknowledged", err=True)


def _find_store() -> Path | None:
    """The store's file; None for a server."""
    from geocache.settings import read_settings  # noqa: PLC0415
    from geocache.store.sqlite_file import database_file  # noqa: PLC0415 - slow to import

    return database_file(read_settings().store_url)
