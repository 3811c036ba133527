"""Upload and geocode jobs."""

from collections.abc import Iterator
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest

from dashboard.library.lists import merge, open_bytes
from dashboard.library.reader_pool import ReaderPool
from dashboard.library.uploads import UploadStore
from dashboard.service.jobs.geocode import (
    build_geocode_key,
    build_geocode_work,
    find_unasked_places,
)
from dashboard.service.jobs.runner import Job, JobRunner, JobState
from dashboard.service.jobs.upload import Upload, build_upload_key, build_upload_work
from dashboard.settings import Settings
from geocache import GeoCache, Place
from harness.geocaches import online_settings
from harness.provider_server import Known, ProviderServer, run_provider

LIST = b"facility,city,country\nLKH Graz,Graz,Austria\nKH Linz,Linz,Austria\n"


MANY = b"facility,city,country\n" + b"".join(
    b"Sykehus %d,By %d,Norway\n" % (number, number) for number in range(60_000)
)


def started(store: UploadStore, files: list[Upload], data: Path) -> Job:
    reader = ReaderPool(Settings(site_map_data=data))
    return JobRunner().start(
        "a", "Files", build_upload_work(store, reader, "eva", files), owner="eva"
    )


def wait_until(job: Job, said: str) -> None:
    while said not in job.message:
        assert not job.wait(0.01), f"ended before it said {said!r}: {job.message}"


def test_upload_job_stores_files_and_reports_a_bad_one(data_folder: Path) -> None:
    files = [Upload("one.csv", LIST), Upload("bad.json", b"{ no")]
    store = UploadStore(data_folder / "lists")
    job = started(store, files, data_folder)
    assert job.wait(60)
    assert job.state is JobState.DONE, job.message
    assert "2 sites, 0 trials" in job.message
    assert "bad.json was not opened" in job.message
    assert job.total == 200
    assert [one.opened.name for one in store.lists("eva")] == ["one.csv", "bad.json"]
    with GeoCache(settings=Settings(site_map_data=data_folder)) as cache:
        assert sorted(answer.position.place_name for answer in cache.answers()) == [
            "Graz, Styria, Austria",
            "Linz, Upper Austria, Austria",
        ]
    assert not active_children()


def test_cancelled_upload_keeps_finished_files(data_folder: Path) -> None:
    files = [Upload("one.csv", LIST), Upload("two.csv", MANY)]
    job = started(UploadStore(data_folder / "lists"), files, data_folder)
    wait_until(job, "reading two.csv")
    assert 100 <= job.done < 200
    job.cancel()
    assert job.wait(30)
    assert job.state is JobState.CANCELLED
    assert [one.opened.name for one in UploadStore(data_folder / "lists").lists("eva")] == [
        "one.csv"
    ]
    assert not active_children()


def test_killed_reader_process_is_reported_and_finished_files_stay(data_folder: Path) -> None:
    files = [Upload("one.csv", LIST), Upload("two.csv", MANY)]
    job = started(UploadStore(data_folder / "lists"), files, data_folder)
    wait_until(job, "two.csv")
    (process,) = active_children()
    process.kill()
    assert job.wait(30)
    assert job.state is JobState.DONE
    assert "two.csv was not opened: the process that read it was ended" in job.message
    one, two = UploadStore(data_folder / "lists").lists("eva")
    assert (one.opened.name, one.opened.error) == ("one.csv", "")
    assert two.opened.error.startswith("the process that read it was ended")


def test_equal_files_share_a_job_only_within_a_session() -> None:
    files = [Upload("one.csv", LIST)]
    assert build_upload_key("eva", files) == build_upload_key(
        "eva", [Upload("one.csv", bytes(LIST))]
    )
    others = [
        ("ada", files),
        ("eva", [Upload("two.csv", LIST)]),
        ("eva", [Upload("one.csv", LIST + b" ")]),
        ("eva", [*files, *files]),
    ]
    assert build_upload_key("eva", files) not in [build_upload_key(*other) for other in others]


def test_upload_job_reports_a_storage_that_cannot_be_written(
    tmp_path: Path, data_folder: Path
) -> None:
    (tmp_path / "lists").write_text("in the way")
    files = [Upload("one.csv", LIST)]
    job = JobRunner().start(
        "a",
        "x",
        build_upload_work(
            UploadStore(tmp_path / "lists"),
            ReaderPool(Settings(site_map_data=data_folder)),
            "eva",
            files,
        ),
    )
    assert job.wait(120)
    assert job.state is JobState.FAILED
    assert "one.csv: the list could not be stored: " in job.message
    assert str(tmp_path) not in job.message


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    with run_provider("nominatim", Known("Graz", 47.07, 15.44)) as running:
        yield running


PLACES = [Place(city=f"City {n}", country="Austria") for n in range(12)]


def test_geocode_job_reports_a_failing_provider_and_resumes(
    tmp_path: Path, provider: ProviderServer
) -> None:
    table = "city,country\n" + "".join(f"{p.city},{p.country}\n" for p in PLACES)
    opened = open_bytes(table.encode(), "list.csv")
    with GeoCache(settings=online_settings(provider, tmp_path)) as cache:

        def open_places() -> tuple[Place, ...]:
            sites = merge([opened], lambda some: cache.locate_many(some, online=False)).table
            return find_unasked_places(sites, partial(cache.locate_many, online=False))

        assert open_places() == tuple(PLACES)
        list(cache.locate_many(PLACES[:4]))
        provider.always = "403"
        left = open_places()
        assert left == tuple(PLACES[4:])
        job = JobRunner().start(build_geocode_key(left), "Asking", build_geocode_work(cache, left))
        assert job.wait(30)
        assert job.state is JobState.FAILED
        assert "0 places answered" in job.message
        assert "8 not asked (403 from nominatim)" in job.message
        provider.always = ""
        again = JobRunner().start(
            build_geocode_key(left), "Asking", build_geocode_work(cache, open_places())
        )
        assert again.wait(30)
        assert again.message == "8 places answered, 8 of all on the map."
        assert open_places() == ()
    assert build_geocode_key(PLACES) == build_geocode_key(PLACES[::-1])


def test_a_pin_whose_note_says_not_asked_is_not_offered_to_providers(
    tmp_path: Path, provider: ProviderServer
) -> None:
    table = "city,country\n" + "".join(f"{p.city},{p.country}\n" for p in PLACES)
    opened = open_bytes(table.encode(), "list.csv")
    with GeoCache(settings=online_settings(provider, tmp_path)) as cache:
        cache.pin(PLACES[0], 1, 2, note="the sponsor was not asked")
        cache.leave_off(PLACES[1], note="not asked yet: the sponsor")
        sites = merge([opened], lambda some: cache.locate_many(some, online=False)).table
        assert find_unasked_places(sites, partial(cache.locate_many, online=False)) == tuple(
            PLACES[2:]
        )
        job = JobRunner().start("ask", "Asking", build_geocode_work(cache, PLACES[:3]))
        assert job.wait(30)
        assert job.state is JobState.DONE, job.message
        assert job.message.startswith("3 places answered")


def test_cancelled_geocode_job_keeps_its_answers(tmp_path: Path, provider: ProviderServer) -> None:
    with GeoCache(settings=online_settings(provider, tmp_path)) as cache:
        provider.delay_seconds = 0.05
        several = JobRunner()
        job = several.start("ask", "Asking", build_geocode_work(cache, PLACES * 40))
        while not provider.seen:
            assert not job.wait(0.01)
        job.cancel()
        assert job.wait(30)
        assert job.state is JobState.CANCELLED
        assert len(provider.seen) < len(PLACES)
        assert cache.stats()["claims"] == 0
