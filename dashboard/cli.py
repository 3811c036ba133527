"""The command line ``site-map``."""

import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

import click

from geocache.collector import pause_collector
from geocache.errors import GeocacheError, describe_os_error
from geocache.version import __version__


class LazyCommand(NamedTuple):
    """Where a command is, and what the list of commands says of it."""

    module: str
    name: str
    summary: str


LAZY = {
    "run": LazyCommand("run", "run_command", "Serve the dashboard."),
    "read": LazyCommand(
        "read", "read_command", "Read files of any format into one table of sites."
    ),
    "fetch": LazyCommand("fetch", "fetch_command", "Fetch trials from ClinicalTrials.gov."),
    "refresh": LazyCommand(
        "fetch", "refresh_command", "Fetch the stored trials again and report changes."
    ),
    "warm": LazyCommand("warm", "warm_command", "Look up every place of site lists in advance."),
    "compare": LazyCommand(
        "compare", "compare_command", "Compare two files, lists, trials or filters."
    ),
    "evaluate-facilities": LazyCommand(
        "facilities", "evaluate_facilities_command", "Measure how facilities are joined."
    ),
    "reach": LazyCommand(
        "reach", "reach_command", "People within a distance of the filtered sites, and gaps."
    ),
    "facilities": LazyCommand(
        "facilities", "facilities_command", "Join the facilities of lists: a row a site."
    ),
    "export": LazyCommand(
        "export", "export_command", "Write filtered sites as CSV, XLSX, GeoJSON, Parquet, …"
    ),
}
"""Commands that are imported when they run, so that each starts fast, and `--help` at once."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name in LAZY:
            lazy = LAZY[cmd_name]
            with pause_collector(freeze=True):
                module = import_module(f"dashboard.commands.{lazy.module}")
            command: Any = getattr(module, lazy.name)
            return command  # type: ignore[no-any-return]
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        rows = [
            (name, LAZY[name].summary if name in LAZY else self.commands[name].get_short_help_str())
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="site-map")
def cli() -> None:
    """Clinical trial sites on a map: serve, read, fetch, locate, export."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a usage error is one line on stderr and exit code 2."""
    try:
        code = cli.main(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        code = 130
    except click.ClickException as error:
        click.echo(f"site-map: {error.format_message()}", err=True)
        code = error.exit_code
    except GeocacheError as error:
        click.echo(f"site-map: {error}", err=True)
        code = 2
    except OSError as error:  # most often a data folder that cannot be used
        click.echo(f"site-map: {describe_os_error(error)}", err=True)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
