"""The list of commands: right, and at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import LAZY, cli

SEED = Path(__file__).parents[3] / "seeds" / "NCT01207388.txt"


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


@pytest.mark.parametrize("name", ["seed", "list"])
def test_a_small_list_is_read_without_what_only_others_need(name: str, tmp_path: Path) -> None:
    own = tmp_path / "list.csv"
    own.write_text("facility,city,country\nLKH,Graz,Austria\nAKH,Wien,Austria\n")
    heavy = {
        "geopy",
        "openpyxl",
        "pyarrow.parquet",
        "shapely",
        "sqlalchemy",
        "xlsxwriter",
    }
    read = SEED if name == "seed" else own
    script = (
        "import sys; from dashboard.cli import main\n"
        f"try: main(['read', {str(read)!r}, '-o', {str(tmp_path / 'out.csv')!r}, '--no-locate'])\n"
        "except SystemExit as done: assert not done.code\n"
        "from geocache.geo.countries import _read_translations\n"
        f"print(sorted({heavy!r} & set(sys.modules)), _read_translations.cache_info().currsize)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.split() == ["[]", "0"]
