"""The command line, and its documentation."""

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from geocache.cli import commands, main
from harness.command_line import as_text, run
from harness.geocaches import ROOT, environment
from harness.provider_server import Known, ProviderServer, run_provider

DOCS = ROOT / "docs" / "geocache-cli.md"
YVOIR = ["--facility", "Research Site", "--city", "Yvoir", "--country", "Belgium"]


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with run_provider(
        "nominatim",
        Known("Graz", 47.07, 15.44),
        Known("LKH Graz", 47.08, 15.46, "facility", within="Graz, Austria"),
    ) as running:
        yield running


class Shell:
    """Runs ``geocache`` against a test server, in a folder."""

    def __init__(self, server: ProviderServer, folder: Path) -> None:
        self.env = environment(server, folder)
        self.folder = folder

    def __call__(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        done = as_text(run(main, arguments, self.env, self.folder))
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
def geocache(server: ProviderServer, tmp_path: Path) -> Shell:
    return Shell(server, tmp_path)


def test_locate_counts_the_rows_in_its_summary(
    geocache: Shell, server: ProviderServer, tmp_path: Path
) -> None:
    rows = "LKH Graz,Graz,Austria\nResearch Site,Graz,Austria\nX,Atlantis,Austria\n"
    (tmp_path / "in.csv").write_text(f"facility,city,country\n{rows}")
    done = geocache("locate", "in.csv", "-o", "out.csv", "--json")
    summary = json.loads(done.stdout)
    assert (summary["rows"], summary["located"], summary["not_asked"]) == (3, 2, 0)
    assert summary["by_precision"] == {"city": 1, "facility": 1, "unresolved": 1}
    assert "© OpenStreetMap contributors" in done.stderr
    with (tmp_path / "out.csv").open() as file:
        found = list(csv.DictReader(file))
    assert [row["flags"] for row in found] == ["", "placeholder_facility", ""]
    asked = len(server.seen)
    geocache("locate", "in.csv", "-o", "out.csv", "--strict", code=1)
    assert len(server.seen) == asked
    server.always = "403"
    (tmp_path / "in.csv").write_text("city,country\nLinz,Austria\nGraz,Austria\n")
    refused = geocache("locate", "in.csv", "-o", "-", code=1)
    assert "not asked: 403 from nominatim" in refused.stdout
    assert "47.07" in refused.stdout
    offline = geocache("locate", "in.csv", "-o", "-", "--offline", "--scheduled", code=1)
    assert "not asked yet: nominatim" in offline.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["locate", "missing.csv", "-o", "out.csv"], "geocache: missing.csv: No such file"),
        (["locate", "in.csv"], "geocache locate: Missing option '-o'"),
        (["locate", "in.csv", "-o", "-", "--json"], "cannot both use stdout"),
        (["locate", "in.csv", "-o", "no/where.csv"], "no/where.csv: No such file"),
        (["pin", "50.33", "4.88"], "geocache pin: name a place"),
        (["pin", *YVOIR], "give LAT LON in degrees, or --leave-off"),
        (["pin", *YVOIR, "50.33"], "give LAT LON in degrees, or --leave-off"),
        (["pin", *YVOIR, "--leave-off", "50.33", "4.88"], "--leave-off takes no coordinates"),
        (["pin", "--leave-off"], "geocache pin: name a place"),
        (["pin", *YVOIR, "95", "4.88"], "latitude 95.0 is not between"),
        (["pin", *YVOIR, "north", "4.88"], "'north' is not a valid float"),
        (["unpin", *YVOIR], "this place has no pin"),
        (["forget"], "give a place, --provider"),
        (["import", "missing.csv"], "missing.csv: No such file"),
        (["restore", "missing.sqlite"], "missing.sqlite: no such file"),
        (["nonsense"], "No such command 'nonsense'"),
    ],
)
def test_bad_usage_is_one_line_on_stderr(
    geocache: Shell, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "in.csv").write_text("city\nGraz\n")
    done = geocache(*arguments, code=2)
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_invalid_settings_are_one_line_on_stderr(geocache: Shell, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("city\nGraz\n")
    for name, value, message in (
        ("GEOCACHE_CONTACT", "", "GEOCACHE_CONTACT is not set"),
        ("GEOCACHE_PROVIDERS", "googlev3", "googlev3 is refused"),
        ("GEOCACHE_REQUESTS_PER_SECOND", "-1", "GEOCACHE_REQUESTS_PER_SECOND"),
    ):
        geocache.env = {**geocache.env, name: value}
        done = geocache("locate", "in.csv", "-o", "out.csv", code=2)
        assert message in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        geocache.env = {**geocache.env, name: "x@example.org"}


def test_an_output_that_cannot_be_written_is_one_line_on_stderr(
    geocache: Shell, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("city,country\nGraz,Austria\n")
    (tmp_path / "folder").mkdir()
    for command in (["locate", "in.csv"], ["export"]):
        done = geocache(*command, "-o", "folder", code=2)
        assert done.stderr.splitlines()[-1] == "geocache: folder: Is a directory"
    geocache.env |= {"SITE_MAP_DATA": "in.csv", "GEOCACHE_PROVIDERS": "gazetteer"}
    done = geocache("locate", "in.csv", "-o", "out.csv", code=2)
    assert done.stderr.splitlines()[-1] == "geocache: in.csv/gazetteer: Not a directory"


def test_pins_are_set_listed_used_and_removed(geocache: Shell, tmp_path: Path) -> None:
    geocache("pin", *YVOIR, "50.33", "-4.88", "--note", "by hand", "--who", "eva")
    (pin,) = json.loads(geocache("pins", "--json").stdout)
    assert (pin["latitude"], pin["longitude"], pin["note"]) == (50.33, -4.88, "by hand")
    assert "Research Site, Yvoir, Belgium" in geocache("pins").stdout
    (tmp_path / "in.csv").write_text("facility,city,country\nresearch site,YVOIR,Belgium\n")
    assert "50.33,-4.88,facility" in geocache("locate", "in.csv", "-o", "-").stdout
    geocache("unpin", *YVOIR)
    assert geocache("pins").stdout == ""


def test_a_place_is_left_off_the_map_and_put_back(geocache: Shell, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("city,country\nGraz,Austria\n")
    graz = ("--city", "Graz", "--country", "Austria")
    geocache("pin", "--leave-off", *graz, "--note", "many sites", "--who", "eva")
    assert geocache("pins").stdout.startswith("left off  Graz, Austria  (")
    (found,) = csv.DictReader(
        io.StringIO(geocache("locate", "in.csv", "-o", "-").stdout), restkey="more"
    )
    assert (found["latitude"], found["precision"], found["source"], found["reason"]) == (
        "",
        "unresolved",
        "pin",
        "left off by eva: many sites",
    )
    geocache("locate", "in.csv", "-o", "-", "--strict", code=1)
    geocache("unpin", *graz)
    assert "47.07" in geocache("locate", "in.csv", "-o", "-").stdout


def test_export_and_import_lose_nothing_in_both_formats(geocache: Shell, tmp_path: Path) -> None:
    awkward = 'say "hi", über\nnew line; \\ 東京'
    geocache("pin", *YVOIR, "50.333333333333336", "4.1", "--note", awkward)
    geocache("pin", "--city", "Graz", "47", "15")
    geocache("pin", "--leave-off", "--city", "Nowhere", "--note", awkward)
    formula = "=HYPERLINK(A1)"
    geocache("pin", "--city", formula, "47.5", "15.5", "--note", "'=1", "--who", "@SUM(A1)")
    (tmp_path / "in.csv").write_text(
        "facility,city,country\nLKH Graz,Graz,Austria\nX,Lost,Austria\n"
    )
    geocache("locate", "in.csv", "-o", "out.csv")
    for name in ("first.jsonl", "first.csv"):
        geocache("export", "-o", name)
    assert len((tmp_path / "first.jsonl").read_text().splitlines()) == 7
    for name in ("first.jsonl", "first.csv"):
        (tmp_path / "store.sqlite").unlink()
        done = geocache("import", name)
        assert "imported 4 pins and 3 answers" in done.stderr
        geocache("export", "-o", "again.jsonl", "--format", "jsonl")
        first, again = ((tmp_path / each).read_text() for each in ("first.jsonl", "again.jsonl"))
        assert sorted(first.splitlines()) == sorted(again.splitlines())
    pins_only = geocache("export", "--pins", "-o", "-").stdout
    assert pins_only.startswith("kind,facility,city")
    assert "answer" not in pins_only
    (row,) = [line for line in pins_only.splitlines() if "HYPERLINK" in line]
    assert row.startswith("pin,,'=HYPERLINK(A1),,,,47.5,15.5,''=1,'@SUM(A1),")
    (tmp_path / "in.csv").write_text(f"city\n{formula}\n")
    assert ",'=HYPERLINK(A1),pin," in geocache("locate", "in.csv", "-o", "-").stdout


def test_an_import_keeps_newer_records_and_accepts_hand_made_pins(
    geocache: Shell, tmp_path: Path
) -> None:
    (tmp_path / "pins.csv").write_text("city,country,latitude,longitude\nGraz,Austria,47.1,15.4\n")
    geocache("import", "pins.csv")
    (tmp_path / "old.csv").write_text(
        "city,country,latitude,longitude,pinned_at\nGraz,Austria,1,1,2020-01-01T00:00:00Z\n"
    )
    assert "1 older" in geocache("import", "old.csv").stderr
    (tmp_path / "bad.csv").write_text("city,latitude,longitude\nLinz,48,14\nWels,north,14\n")
    assert "bad.csv, line 3: could not convert" in geocache("import", "bad.csv", code=2).stderr
    for row, message in (
        ("Linz,,", "no coordinates; to leave a place off the map set kind to pin"),
        ("Linz,48,", "no longitude: give both coordinates"),
    ):
        (tmp_path / "half.csv").write_text(f"city,latitude,longitude\n{row}\n")
        assert f"half.csv, line 2: {message}" in geocache("import", "half.csv", code=2).stderr
    assert [pin["latitude"] for pin in json.loads(geocache("pins", "--json").stdout)] == [47.1]


def test_stats_forget_backup_and_restore(geocache: Shell, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("city,country\nGraz,Austria\nLost,Austria\n")
    geocache("locate", "in.csv", "-o", "out.csv")
    geocache("pin", "--city", "Graz", "47", "15")
    assert "1 hits, 2 known misses" in geocache("stats").stdout
    geocache("backup", "copy.sqlite")
    assert "is there already" in geocache("backup", "copy.sqlite", code=2).stderr
    assert "forgot 2" in geocache("forget", "--misses").stderr
    assert "forgot 0" in geocache("forget", "--expired").stderr
    assert "forgot 1" in geocache("forget", "--city", "graz", "--country", "AUSTRIA").stderr
    stats = json.loads(geocache("stats", "--json").stdout)
    assert (stats["pins"], stats["answers"]) == (1, [])
    geocache("unpin", "--city", "Graz")
    geocache("restore", "copy.sqlite")
    stats = json.loads(geocache("stats", "--json").stdout)
    assert (stats["pins"], stats["answers"][0]["misses"]) == (1, 2)


def test_a_pin_that_is_not_stored_gives_a_warning(geocache: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    geocache.env["GEOCACHE_URL"] = f"sqlite:///{tmp_path}/file/store.sqlite"
    assert "kept in memory only" in geocache("pin", "--city", "Graz", "47", "15", code=1).stderr


def test_a_register_is_added_listed_used_replaced_and_removed(
    geocache: Shell, data_folder: Path, tmp_path: Path
) -> None:
    geocache.env |= {"SITE_MAP_DATA": str(data_folder), "GEOCACHE_PROVIDERS": "gazetteer"}
    header = "hospital,town,country,lat,lon\n"
    lkh = "LKH Graz,Graz,Austria,47.08201,15.46602\n"
    far = "LKH Linz,Linz,Austria,1,2\n"
    (tmp_path / "Hospitals.csv").write_text(header + lkh + far)
    (tmp_path / "in.csv").write_text("facility,city,country\nLKH Graz,Graz,Austria\n")
    assert "no registers" in geocache("register", "list").stderr

    done = geocache("register", "add", "Hospitals.csv", "--licence", "Land (OGL)", "--json")
    assert json.loads(done.stdout) == {
        "name": "hospitals",
        "facilities": 1,
        "countries": ["AT"],
        "rows": 2,
        "left_out": 1,
        "licence": "Land (OGL)",
        "messages": ["hospitals.csv, row 3: the point lies outside Austria; left out"],
    }
    assert "warning: hospitals.csv, row 3: the point lies outside Austria" in done.stderr
    assert "hospitals: 1 facility in AT; 1 of 2 rows left out" in done.stderr
    listed = geocache("register", "list").stdout
    assert "Land (OGL)" in listed
    assert "row 3" in listed

    def locate() -> dict[str, str]:
        done = geocache("locate", "in.csv", "-o", "out.csv")
        assert ("positions: hospitals" in done.stderr) == ("hospitals" in listed)
        with (tmp_path / "out.csv").open() as file:
            return next(csv.DictReader(file))

    found = locate()
    assert (found["latitude"], found["precision"]) == ("47.08201", "facility")
    assert (found["source"], found["flags"]) == ("register:hospitals", "")
    assert "register:hospitals" in geocache("stats").stdout

    (tmp_path / "new.csv").write_text(header + lkh.replace("47.08201", "47.08301"))
    done = geocache("register", "add", "new.csv", "--name", "hospitals")
    assert "forgot 1 answers" in done.stderr
    assert "no licence is known" in done.stderr
    assert locate()["latitude"] == "47.08301"

    (tmp_path / "bad.csv").write_text("name,city\nLKH,Graz\n")
    assert (
        "bad.csv: no columns of latitude" in geocache("register", "add", "bad.csv", code=2).stderr
    )
    (tmp_path / "bad.pdf").write_text("%PDF")
    assert "ends in one of" in geocache("register", "add", "bad.pdf", code=2).stderr
    assert "no such file" in geocache("register", "add", "none.csv", code=2).stderr
    assert "is named x" in geocache("register", "remove", "x", code=2).stderr
    geocache.env["SITE_MAP_READ_ONLY"] = "1"
    assert "READ_ONLY" in geocache("register", "remove", "hospitals", code=2).stderr
    geocache.env["SITE_MAP_READ_ONLY"] = ""

    assert "forgot 1 answers" in geocache("register", "remove", "hospitals").stderr
    listed = geocache("register", "list").stdout
    assert listed == ""
    assert locate()["source"] == "gazetteer"
    assert "register:" not in geocache("stats").stdout

    geocache.env["GEOCACHE_REGISTERS"] = f"{tmp_path / 'new.csv'}:{tmp_path / 'bad.csv'}"
    assert "take" in geocache("register", "remove", "new", code=2).stderr
    assert "names a register new" in geocache("register", "add", "new.csv", code=2).stderr
    records = json.loads(geocache("register", "list", "--json", code=1).stdout)
    assert [each["name"] for each in records] == ["new", "bad"]
    assert "no columns of latitude" in records[1]["problem"]
    done = geocache("locate", "in.csv", "-o", "out.csv")
    assert "warning: The register “bad” is not used" in done.stderr
    (tmp_path / "new.csv").unlink()
    done = geocache("locate", "in.csv", "-o", "out.csv")
    assert "warning: The register “new” is not used: new.csv: no such file" in done.stderr


def _all_commands() -> list[tuple[str, click.Command]]:
    context = click.Context(commands)
    found: list[tuple[str, click.Command]] = []
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command
        found.append((name, command))
        below = command.commands if isinstance(command, click.Group) else {}
        found += [(f"{name} {part}", one) for part, one in below.items()]
    return found


@pytest.mark.parametrize(("name", "command"), _all_commands())
def test_every_command_and_option_is_documented_and_has_help(
    name: str, command: click.Command
) -> None:
    text = DOCS.read_text(encoding="utf-8")
    section = text.split(f"\n## geocache {name}\n")
    assert len(section) == 2, f"docs/geocache-cli.md has no section on geocache {name}"
    about = section[1].split("\n## ")[0]
    assert command.help
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else []:
            assert f"`{option}" in about, f"{option} of geocache {name} is not documented"
            assert parameter.help, f"{option} of geocache {name} has no help"


def test_help_shows_examples(geocache: Shell) -> None:
    for name, _ in _all_commands():
        assert "Example" in geocache(*name.split(), "--help").stdout
