"""What a session may do: a reader gets nothing that changes what others see."""

import inspect
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.library.registry.search import RegistrySearch
from dashboard.library.upload_storage import EVERYONE
from dashboard.service.decisions import SessionDecisions
from dashboard.service.editor import Editor
from dashboard.service.jobs.runner import Job, JobState
from dashboard.service.pins import Pins
from dashboard.service.service import Service
from dashboard.service.viewer import SessionJobs, SessionLinks, SessionUploads, Viewer
from dashboard.settings import Settings
from geocache.errors import ReadOnlyError
from geocache.gazetteer import OfflineGazetteer
from geocache.place import Place

LIST = b"facility,city,country\nLKH Graz,Graz,Austria\n"
GRAZ = Place("LKH Graz", "Graz", "", "", "Austria")

OWN = {
    SessionUploads: {
        "add",
        "add_in_background",
        "areas",
        "change",
        "change_type",
        "delete_area",
        "lists",
        "pins",
        "prepare",
        "preview",
        "remove",
        "reread",
        "save_area",
    },
    SessionJobs: {"all", "cancel", "dismiss"},
    SessionLinks: {"all", "create", "enabled", "open", "remove_list", "revoke"},
    SessionDecisions: {"all", "decide", "rank", "restore", "undo", "write_note"},
}
"""The methods of a reader's own uploads, jobs, links and decisions."""

READ_ONLY = {
    "attributions",
    "check_may_change",
    "corrections",
    "corrections_csv",
    "decisions",
    "editor",
    "geocoder",
    "jobs",
    "known",
    "persistent",
    "recall_road_times",
    "rules",
    "library",
    "links",
    "locate",
    "locate_many",
    "notices",
    "pins",
    "pins_csv",
    "providers",
    "revision",
    "search",
    "settings",
    "shared_lists",
    "uploads",
    "warnings",
}
"""All other names a reader can reach."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("shared")
    (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    made = Service(Settings(site_map_data=folder, site_map_registry_url="http://127.0.0.1:9"))
    made.library()
    yield made
    made.close()


def parts(root: object) -> Iterator[object]:
    """An object, and all objects of these packages that its public attributes lead to."""
    seen: list[object] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if any(part is known for known in seen) or isinstance(part, Settings | OfflineGazetteer):
            continue
        seen.append(part)
        yield part
        for name in dir(part):
            if not name.startswith("_"):
                value = getattr(part, name)
                values = value if isinstance(value, tuple | list) else [value]
                waiting += [
                    v for v in values if type(v).__module__.startswith(("dashboard", "geo"))
                ]


def test_reader_reaches_no_method_that_changes_shared_data(service: Service) -> None:
    reader = service.viewer("ann", may_edit=False)
    found = list(parts(reader))
    assert {type(part) for part in found} >= {Viewer, *OWN}
    for part in found:
        public = {name for name in dir(part) if not name.startswith("_")}
        assert public <= OWN.get(type(part), READ_ONLY), type(part)
        assert not isinstance(part, Editor | Pins)


def test_readers_and_read_only_servers_get_no_editor(
    service: Service, place_index: Path, tmp_path: Path
) -> None:
    assert service.viewer("ann", may_edit=False).editor is None
    assert isinstance(service.viewer("ben").editor, Editor)
    (tmp_path / "gazetteer").symlink_to(place_index, target_is_directory=True)
    frozen = Service(Settings(site_map_data=tmp_path, site_map_read_only=True))
    assert frozen.viewer("ben", may_edit=True).editor is None
    with pytest.raises(ReadOnlyError, match="SITE_MAP_READ_ONLY"):
        frozen.editor("ben")


def test_session_cannot_be_named_everyone(service: Service) -> None:
    with pytest.raises(ValueError, match="name"):
        service.viewer(EVERYONE, may_edit=False)


def test_only_an_editor_ends_the_job_of_another_session(service: Service) -> None:
    go = threading.Event()
    service.jobs.start("shared", "Fetch", lambda _: str(go.wait(30)), owner="ben")
    reader, editor = service.viewer("ann", may_edit=False), service.editor("eve")
    (seen,) = reader.jobs.all()
    assert (seen.key, seen.own) == ("shared", False)
    with pytest.raises(ReadOnlyError, match="started"):
        reader.jobs.cancel("shared")
    (job,) = service.jobs.all()
    assert not job.cancelled
    editor.cancel_job("shared")
    assert job.cancelled
    go.set()
    assert job.wait(30)
    with pytest.raises(ReadOnlyError, match="started"):
        reader.jobs.dismiss("shared")
    assert service.jobs.all() == (job,)
    editor.dismiss_job("shared")
    assert service.jobs.all() == ()


def test_reader_cancels_and_dismisses_own_job(service: Service) -> None:
    began = threading.Event()

    def work(job: Job) -> str:
        began.set()
        while True:
            job.report(0)

    job = service.jobs.start("own", "Files", work, owner="ann", private=True)
    assert began.wait(30)
    reader = service.viewer("ann", may_edit=False)
    assert service.viewer("ben", may_edit=False).jobs.all() == ()
    reader.jobs.cancel("own")
    assert job.wait(30)
    assert [status.state for status in reader.jobs.all()] == [JobState.CANCELLED]
    reader.jobs.dismiss("own")
    assert reader.jobs.all() == ()


def test_reader_sees_changes_of_an_editor(service: Service) -> None:
    reader, editor = service.viewer("ann", may_edit=False), service.editor("ben")
    editor.pins.pin([GRAZ], 1, 2, note="", who="ben")
    assert [pin.who for pin in reader.geocoder.pins()] == ["ben"]
    editor.pins.unpin([GRAZ])
    own = service.viewer("ben").uploads.add(LIST, "list.csv")
    editor.share_upload(own.id)
    assert [one.opened.name for one in reader.shared_lists()] == ["list.csv"]
    assert reader.library() is service.library()
    assert "LKH Graz" in set(reader.library().table["facility"])
    editor.unshare(reader.shared_lists()[0].id)
    assert reader.shared_lists() == ()


def test_reader_sees_jobs_of_an_editor(service: Service) -> None:
    began = service.editor("ben").fetch([], RegistrySearch(condition="nothing"))
    assert began.own
    (seen,) = service.viewer("ann", may_edit=False).jobs.all()
    assert (seen.key, seen.own) == (began.key, False)
    service.editor("ben").cancel_job(began.key)
    (job,) = service.jobs.all()
    assert job.wait(60)
    service.editor("ben").dismiss_job(began.key)


def test_methods_of_the_editor() -> None:
    changes = {name for name, _ in inspect.getmembers(Editor, inspect.isfunction)}
    assert {name for name in changes if not name.startswith("_")} == {
        "cancel_job",
        "dismiss_job",
        "fetch",
        "geocode",
        "resume_job",
        "route",
        "share",
        "find_public_texts",
        "change_shared",
        "renew_shared",
        "renew_shared_in_background",
        "is_sharer",
        "share_upload",
        "take_back",
        "unshare",
    }
