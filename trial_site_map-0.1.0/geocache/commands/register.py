"""``geocache register``: adds, lists and removes registers of facilities."""

import json
import sys
from pathlib import Path
from typing import Any, Self

import click
from tqdm import tqdm

from geocache.errors import GeocacheError
from geocache.place import REGISTER_PREFIX


@click.group(name="register")
def register() -> None:
    """Add, list or remove registers: lists of facilities with their points.

    A site whose facility and town (or postcode) are in a register gets the register's point, with
    precision facility, before the gazetteer is asked. GEOCACHE_REGISTERS names files and folders of
    registers too. A running dashboard opens a new register when it is started again.

    \b
    Examples:
      geocache register add hospitals.csv --licence "Ministry of Health (OGL 3.0)"
      geocache register list
      geocache register remove hospitals
    """


@register.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--name", default="", help="Its name; by default the file's.")
@click.option("--licence", default="", help="The credit line to show beside its positions.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def add(source: Path, name: str, licence: str, as_json: bool) -> int:
    """Copy a register into the data folder and index it.

    FILE is a CSV, GeoJSON or Parquet file, or a dump of ROR as JSON or as the ZIP it comes in. Its
    columns are found by their names, as those of a site list: a facility, a latitude and a
    longitude are needed. A register of the same name is replaced.

    \b
    Example:
      geocache register add hospitals.csv --licence "Ministry of Health (OGL 3.0)"
    """
    from geocache.registers.catalogue import add_file, open_index, remove_file  # noqa: PLC0415
    from geocache.settings import read_settings  # noqa: PLC0415

    settings = read_settings()
    settings.check_may_change()
    added = add_file(settings, source, name=name, licence=licence)
    try:
        with _BuildBar() as bar:
            index = open_index(added, settings, bar)
    except GeocacheError:
        remove_file(settings, added.title)
        raise
    about = index.about
    for message in about["messages"]:
        click.echo(f"warning: {message}", err=True)
    code = _forget(added.title)
    click.echo(f"{added.title}: {_describe(about)}", err=True)
    if not about["licence"]:
        click.echo("note: no licence is known; add it again with --licence", err=True)
    if as_json:
        click.echo(json.dumps(_as_record(added.title, about), ensure_ascii=False))
    return code


@register.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def list_registers(as_json: bool) -> int:
    """List the registers, in the order they are asked.

    Exit code 1 if one cannot be used.

    \b
    Example:
      geocache register list
    """
    from geocache.errors import describe_os_error  # noqa: PLC0415
    from geocache.registers.catalogue import list_files, open_index  # noqa: PLC0415
    from geocache.settings import read_settings  # noqa: PLC0415

    settings = read_settings()
    records = []
    for file in list_files(settings):
        record: dict[str, Any] = {"name": file.title, "file": str(file.path), "added": file.added}
        try:
            with _BuildBar() as bar:
                about = open_index(file, settings, bar).about
            record |= _as_record(file.title, about)
        except OSError as error:
            record["problem"] = describe_os_error(error)
        except GeocacheError as error:
            record["problem"] = str(error)
        records.append(record)
    if as_json:
        click.echo(json.dumps(records, ensure_ascii=False))
    elif not records:
        click.echo("no registers; add one with geocache register add FILE", err=True)
    for record in [] if as_json else records:
        click.echo(f"{record['name']}  {record['file']}")
        if "problem" in record:
            click.echo(f"  not used: {record['problem']}")
            continue
        click.echo(f"  {_describe(record)}; {record['licence'] or 'licence not stated'}")
        for message in record["messages"]:
            click.echo(f"  {message}")
    return 1 if any("problem" in record for record in records) else 0


@register.command()
@click.argument("name")
def remove(name: str) -> int:
    """Remove a register that was added, and forget its answers.

    \b
    Example:
      geocache register remove hospitals
    """
    from geocache.registers.catalogue import remove_file  # noqa: PLC0415
    from geocache.settings import read_settings  # noqa: PLC0415

    settings = read_settings()
    settings.check_may_change()
    remove_file(settings, name)
    return _forget(name)


def _forget(title: str) -> int:
    """Forget the answers of a register; returns the exit code."""
    from geocache.commands.admin import finish, open_cache  # noqa: PLC0415

    with open_cache() as cache:
        count = cache.forget(provider=REGISTER_PREFIX + title)
        if count:
            click.echo(f"forgot {count:,} answers of {title}", err=True)
        return finish(cache)


def _as_record(title: str, about: dict[str, Any]) -> dict[str, Any]:
    kept = ("facilities", "countries", "rows", "left_out", "licence", "messages")
    return {"name": title, **{name: about[name] for name in kept}}


def _describe(about: dict[str, Any]) -> str:
    countries = about["countries"]
    where = f"{len(countries)} countries" if len(countries) != 1 else countries[0]
    count = about["facilities"]
    line = f"{count:,} {'facility' if count == 1 else 'facilities'} in {where}"
    if about["left_out"]:
        line += f"; {about['left_out']:,} of {about['rows']:,} rows left out"
    return line


class _BuildBar:
    """A progress bar of a build that takes longer than a second, on stderr."""

    def __enter__(self) -> Self:
        self._bar = tqdm(total=100, delay=1, leave=False, file=sys.stderr, disable=None,
                         bar_format="{desc} {percentage:3.0f}%|{bar}| {elapsed}")  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def __call__(self, stage: str, share: float) -> None:
        if share < 1:
            self._bar.set_description_str(stage, refresh=False)
            self._bar.update(100 * share - self._bar.n)
