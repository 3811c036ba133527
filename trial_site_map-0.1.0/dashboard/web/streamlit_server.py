"""Adapter for paths and files of Streamlit's server that Streamlit does not promise.

``tests/dashboard/page/test_streamlit_contract.py`` checks them against the installed release.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

SHELL_PATHS = frozenset(
    {
        "/",
        "/favicon.png",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/stream",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    }
)
"""The empty page, its websocket and the login: what a browser needs before a person is known."""

STATIC_FOLDERS = ("/static/", "/component/")
"""Scripts, styles and fonts of Streamlit and of its components."""

COMPONENT_SCRIPT = "ComponentInstance.*.js"
"""The script that draws components such as the map."""

_IMPORT = re.compile(rb'(?:from|import)\s*"\./([\w.-]+\.js)"')


def find_component_scripts() -> list[str]:
    """Paths of :data:`COMPONENT_SCRIPT` and the scripts it imports, if the page lacks them.

    The page's own HTML names most of them. The rest is short enough for a header: nginx has 4 kB
    for all headers of a response unless configured otherwise.
    """
    spec = find_spec("streamlit")
    package = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    page = (package / "static" / "index.html").read_text(encoding="utf-8")
    names = _follow_imports(package / "static" / "static" / "js")
    return [f"/static/js/{name}" for name in names if f'/{name}"' not in page]


def _follow_imports(folder: Path) -> Iterator[str]:
    unread = sorted(path.name for path in folder.glob(COMPONENT_SCRIPT))
    seen = set(unread)
    while unread:
        name = unread.pop()
        yield name
        imported = {match.decode() for match in _IMPORT.findall((folder / name).read_bytes())}
        unread += sorted(imported - seen)
        seen |= imported
