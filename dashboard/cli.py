"""The command line ``site-map``."""

import logging
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from geocache.errors import GeocacheError, describe_os_error
from geocache.version import __version__

LAZY = {
    "run": ("dashboard.commands.run", "run_command"),
    "read": ("dashboard.commands.read", "read_command"),
    "fetch": ("dashboard.commands.fetch", "fetch_command"),
    "refresh": ("dashboard.commands.fetch", "refresh_command"),
    "warm": ("dashboard.commands.warm", "warm_command"),
    "compare": ("dashboard.commands.compare", "compare_command"),
    "evaluate-facilities": ("dashboard.commands.facilities", "evaluate_facilities_command"),
    "reach": ("dashboard.commands.reach", "reach_command"),
    "facilities": ("dashboard.commands.facilities", "facilities_command"),
    "export": ("dashboard.commands.export", "export_command"),
}
"""Commands that are imported when they run, so that each starts fast."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name in LAZY:
            module, name = LAZY[cmd_name]
            command: Any = getattr(import_module(module), name)
            return command  # type: ignore[no-any-return]
        return super().get_command(ctx, cmd_name)


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
