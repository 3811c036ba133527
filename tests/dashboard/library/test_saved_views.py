"""Long views are stored under a short key, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dashboard.errors import SavedViewError
from dashboard.library.saved_views import KEY_LENGTH, MAX_NAMED, MAX_PER_OWNER, SavedViews
from dashboard.settings import Settings

QUERY = "&".join(f"trial=NCT{number:08}" for number in range(400)) + "&view_colour=country"
DAY = date(2026, 11, 30)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a server with a folder of its own, or with a database server."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return Settings(site_map_data=tmp_path, geocache_url=url)


@pytest.fixture
def views(settings: Settings) -> Iterator[SavedViews]:
    """The stored views of one server."""
    with closing(SavedViews(settings)) as opened:
        yield opened


def test_a_view_comes_back_on_every_server(views: SavedViews, settings: Settings) -> None:
    key = views.save(QUERY, "me", DAY)
    assert len(key) == KEY_LENGTH
    assert views.save(QUERY, "me", DAY) == key, "the same view is stored once"
    assert views.save(QUERY, "you", DAY) != key
    with closing(SavedViews(settings)) as other:
        assert other.load(key, DAY) == QUERY
    assert views.load("x" * KEY_LENGTH, DAY) is None
    assert views.load("../" * 400, DAY) is None


def test_a_view_is_deleted_a_year_after_last_use(views: SavedViews) -> None:
    key = views.save(QUERY, "me", DAY)
    assert views.load(key, date(2027, 10, 1)) == QUERY
    assert views.load(key, date(2028, 9, 1)) == QUERY, "opened in between"
    assert views.load(key, date(2029, 10, 1)) is None
    views.save("q=a", "me", date(2029, 10, 1))
    assert views.load(key, DAY) is None


def test_a_session_stores_only_so_many(views: SavedViews) -> None:
    for number in range(MAX_PER_OWNER):
        views.save(f"q={number}", "me", DAY)
    with pytest.raises(SavedViewError, match="as many as one may"):
        views.save(QUERY, "me", DAY)
    assert views.save(QUERY, "you", DAY)


def test_a_view_is_saved_by_name(views: SavedViews, settings: Settings) -> None:
    assert views.list_named("me") == ()
    saved = views.save_named("country=DE", "me", "  Open  in Germany ", DAY)
    assert saved.name == "Open in Germany"
    views.save_named("country=FR", "me", "france", DAY)
    again = views.save_named("country=DE&status=Recruiting", "me", "Open in Germany", DAY)
    with closing(SavedViews(settings)) as other:
        assert [one.name for one in other.list_named("me")] == ["france", "Open in Germany"]
        assert other.list_named("me")[1] == again
        assert other.list_named("you") == ()
    assert views.load(saved.key, DAY) == "country=DE", "links to the one before stay"
    views.delete_name("you", "france")
    views.delete_name("me", "france")
    assert views.list_named("me") == (again,)
    views.save("q=a", "you", date(2028, 1, 1))
    assert views.list_named("me") == (), "nobody opened it for a year"


def test_names_are_checked(views: SavedViews) -> None:
    for name, problem in ((" ", "needs a name"), ("x" * 61, "at most 60 characters, not 61")):
        with pytest.raises(SavedViewError, match=problem):
            views.save_named("q=a", "me", name, DAY)
    for number in range(MAX_NAMED):
        views.save_named("q=a", "me", f"{number}", DAY)
    with pytest.raises(SavedViewError, match="delete one first"):
        views.save_named("q=a", "me", "one more", DAY)
    views.save_named("q=b", "me", "0", DAY)


def test_nothing_is_lost_where_nothing_can_be_stored(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with closing(SavedViews(Settings(site_map_data=blocked / "data", geocache_url=""))) as views:
        assert views.load("x" * KEY_LENGTH) is None
        with pytest.raises(SavedViewError):
            views.save(QUERY, "me")
