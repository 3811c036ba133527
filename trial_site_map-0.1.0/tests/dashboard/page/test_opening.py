"""Opening the page: the map is drawn first, and its files are preloaded."""

from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard.maps import bundle
from dashboard.page.panels.countries import build_bars
from dashboard.web import map_drawn, preload
from dashboard.web.session_cookie import COOKIE
from dashboard.web.streamlit_server import find_component_scripts
from tests.dashboard.web.asgi import request_app

ADA = {"Cookie": f"{COOKIE}=ada"}


def test_a_drawn_map_sets_the_events_of_its_own_session_only() -> None:
    events = map_drawn.MapDrawnEvents()
    app = Starlette(routes=[map_drawn.build_route(events)])
    with events.expect("ada") as of_ada, events.expect("bob") as of_bob:
        with events.expect("ada") as in_another_tab:
            answer = request_app(app, map_drawn.PATH, ADA, "POST")
            assert answer.status_code == 204
            assert of_ada.is_set()
            assert in_another_tab.is_set()
        assert not of_bob.is_set()
    with events.expect("ada") as again:
        assert not again.is_set()


def test_a_drawn_map_that_nobody_waits_for_changes_nothing() -> None:
    events = map_drawn.MapDrawnEvents()
    app = Starlette(routes=[map_drawn.build_route(events)])
    assert request_app(app, map_drawn.PATH, {}, "POST").status_code == 204
    assert request_app(app, map_drawn.PATH, ADA, "POST").status_code == 204
    assert request_app(app, map_drawn.PATH, {}).status_code == 405
    with events.expect("ada") as drawn:
        assert not drawn.is_set()


def test_the_link_header_names_existing_files_that_the_map_needs() -> None:
    answer = PlainTextResponse("here")
    app = Starlette(
        routes=[Route("/", answer), Route("/other", answer)],
        middleware=[Middleware(preload.PreloadLinks)],
    )
    named = request_app(app, "/", {}).headers["link"]
    for asset in (bundle.build_script(), bundle.build_style()):
        assert f"<{asset.path}>" in named
    spec = find_spec("streamlit")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "static" / "static" / "js"
    parts = [Path(path).name for path in find_component_scripts()]
    assert any(part.startswith("ComponentInstance.") for part in parts)
    assert len(parts) == len(set(parts)) > 1
    page = (folder.parents[1] / "index.html").read_text()
    assert all(part not in page for part in parts)
    assert len(named) < 1_500, "a proxy has 4 kB for all headers of an answer"
    assert all((folder / part).is_file() and f"</static/js/{part}>" in named for part in parts)
    assert "link" not in request_app(app, "/other", {}).headers


class Cells(HTMLParser):
    """The texts and widths of a table; any tag of data's own would show among ``tags``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.widths: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.widths += [value or "" for name, value in attrs if name == "style"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_bars_are_proportional_and_names_are_escaped() -> None:
    hostile = "<img src=x onerror=alert(1)>' onclick='x"
    made = Cells(build_bars(["Germany", hostile], [1700, 17], 10))
    assert made.texts == ["Sites per country", "Germany", "1,700", hostile, "17"]
    assert made.widths == ["width:100.0%", "width:1.0%"]
    assert made.tags == {"table", "caption", "tr", "th", "td", "i"}


def test_the_chart_says_how_many_countries_it_does_not_show() -> None:
    names = [f"Country {number}" for number in range(30)]
    made = Cells(build_bars(names, list(range(30, 0, -1)), 20))
    assert [text for text in made.texts if text.startswith("Country ")] == names
    assert "and 10 more" in build_bars(names, list(range(30, 0, -1)), 20)
    assert "more" not in build_bars(names[:21], list(range(21, 0, -1)), 20), "one more line fits"
