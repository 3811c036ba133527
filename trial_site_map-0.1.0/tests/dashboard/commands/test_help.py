"""The list of commands: right, and at once."""

import subprocess
import sys

from click.testing import CliRunner

from dashboard.cli import LAZY, cli


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    runner = CliRunner()
    listed = runner.invoke(cli, ["--help"]).output
    context = cli.make_context("site-map", ["--help"], resilient_parsing=True)
    for name, lazy in LAZY.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.get_short_help_str(limit=100) == lazy.summary
        assert name in listed
        assert lazy.summary.split()[0] in listed


def test_the_list_of_commands_imports_none_of_them() -> None:
    script = (
        "import sys; from dashboard.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'sqlalchemy', 'dashboard.commands'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.rstrip().endswith("[]")
