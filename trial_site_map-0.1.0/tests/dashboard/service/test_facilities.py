"""What people say of facilities wins over the rules, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.service.facilities import FacilityCorrections, write_corrections_csv
from geocache.errors import InputError
from geocache.facilities import Facility, FacilityJoiner, Named
from geocache.lookup import GeoCache

SONNBLICK = Named("Klinik Sonnblick", "Linz", "", "AT")
DEPARTMENT = Named("Klinik Sonnblick, Urology Unit", "Linz", "", "AT")
ROSEN = Named("Rosenhospital", "Linz", "", "AT")
OPEN = [SONNBLICK, DEPARTMENT, ROSEN]


class Desk:
    """A store with corrections, and the facilities that follow."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.cache = GeoCache(f"sqlite:///{folder / 'store.sqlite'}", providers=[])
        self.changes = 0
        self.corrections = FacilityCorrections(self.cache, self._changed, lambda: OPEN)

    def _changed(self) -> None:
        self.changes += 1

    def join(self, *names: Named) -> list[Facility]:
        return FacilityJoiner().join(names or OPEN, None, self.cache.corrections())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.cache.close()


def test_two_facilities_are_made_one_and_new_spellings_follow(desk: Desk) -> None:
    before = desk.join()
    into = before[2].facility_id
    desk.corrections.merge([SONNBLICK, DEPARTMENT], into, [ROSEN], who="Ada")
    joined = desk.join()
    assert {one.facility_id for one in joined} == {into}
    assert {one.match for one in joined} == {"person"}
    another = Named("KLINIK SONNBLICK ( Site 0077 )", "Linz", "", "AT")
    assert desk.join(*OPEN, another)[3].facility_id == into
    assert [one.who for one in desk.cache.corrections()] == ["Ada"] * 3
    assert desk.changes == 1


def test_a_spelling_is_made_a_facility_of_its_own_and_back(desk: Desk) -> None:
    one, department, _ = desk.join()
    assert one.facility_id == department.facility_id
    desk.corrections.split(DEPARTMENT, who="Ada")
    kept, apart, _ = desk.join()
    assert kept.facility_id == one.facility_id
    assert apart.facility_id != one.facility_id
    desk.corrections.undo(apart.facility_id)
    assert desk.join()[1].facility_id == one.facility_id


def test_a_facility_is_renamed(desk: Desk) -> None:
    facility_id = desk.join()[0].facility_id
    desk.corrections.rename([SONNBLICK, DEPARTMENT], facility_id, " Sonnblick Clinic ", who="Ada")
    assert [one.facility_name for one in desk.join()] == [
        *("Sonnblick Clinic", "Sonnblick Clinic", "Rosenhospital"),
    ]
    with pytest.raises(InputError, match="Enter a name"):
        desk.corrections.rename([SONNBLICK], facility_id, " ", who="Ada")


def test_what_only_a_session_has_is_not_written_for_others(desk: Desk) -> None:
    with pytest.raises(InputError, match="share the list first"):
        desk.corrections.split(Named("My own clinic", "Linz", "", "AT"), who="Ada")
    assert desk.cache.corrections() == ()


def test_corrections_travel_as_a_file_and_an_import_is_undone(desk: Desk, tmp_path: Path) -> None:
    desk.corrections.split(DEPARTMENT, who="Ada")
    file = write_corrections_csv(desk.cache)
    other = Desk(tmp_path / "other")
    done = other.corrections.import_file(file, "facilities.csv")
    assert (len(done.added), done.older) == (1, 0)
    assert other.cache.corrections() == desk.cache.corrections()
    other.corrections.undo_import(done)
    assert other.cache.corrections() == ()
    other.cache.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("facility,city\nA,Linz\n", "no column country, facility_id"),
        ("facility,city,country,facility_id\n,Linz,AT,F1\n", "row 2: needs a facility"),
        ("facility,city,country,facility_id,corrected_at\nA,Linz,AT,F1,now\n", "row 2: corrected"),
        ("facility,city,country,facility_id\n", "holds no correction"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(desk: Desk, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        desk.corrections.import_file(text.encode(), "facilities.csv")
    assert desk.changes == 0
