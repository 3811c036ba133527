"""``geocache check``: is what is stored undamaged?"""

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def check(as_json: bool) -> int:
    """Check the place index and the store in full; changes nothing.

    A damaged index is built again when it is next opened. Of a damaged store everything readable
    is moved into a new one. Exit code 1 if something is damaged.

    \b
    Example:
      geocache check
    """
    found = {"index": _check_index(), "store": _check_store()}
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for what, damage in found.items():
            click.echo(f"{what:<6} {damage or 'undamaged'}")
    return 1 if any(found.values()) else 0


def _check_index() -> str:
    from geocache.gazetteer import check_index  # noqa: PLC0415 - slow to import
    from geocache.settings import read_settings  # noqa: PLC0415

    return check_index(read_settings().index_folder)


def _check_store() -> str:
    from geocache.settings import read_settings  # noqa: PLC0415
    from geocache.store import sqlite_file  # noqa: PLC0415 - slow to import

    file = sqlite_file.database_file(read_settings().store_url)
    return sqlite_file.find_damage(file) if file is not None and file.exists() else ""
