"""What a browser is told to load ahead: what the map needs, before the page asks for the map.

Without being told, a browser learns of it in steps, each after the one before: the page's script,
the part of it that shows components, the map's frame, its script, its borders.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.maps import bundle

COMPONENT_PART = "ComponentInstance.*.js"
"""The part of Streamlit's page that shows components; without it in a version, it is left out."""
_IMPORTED = re.compile(rb'(?:from|import)\s*"\./([\w.-]+\.js)"')


@cache
def build_link_header() -> str:
    """The value of the ``Link`` header of the page."""
    parts = [
        f'</static/js/{name}>; rel="modulepreload"; crossorigin'
        for name in find_component_scripts()
    ]
    own = (
        (bundle.script(), 'rel="prefetch"; as="script"'),
        (bundle.style(), 'rel="prefetch"; as="style"'),
        (bundle.countries(), 'rel="prefetch"; as="fetch"; crossorigin'),
    )
    return ", ".join([*parts, *(f"<{asset.path}>; {how}" for asset, how in own)])


def find_component_scripts() -> list[str]:
    """File names of the component part and of all that it imports, but for what the page names.

    Most of them stand in the page's own HTML. A proxy gives an answer's headers little room, nginx
    4 kB unless told otherwise, and all of them took more.
    """
    spec = find_spec("streamlit")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    page = (folder / "static" / "index.html").read_text(encoding="utf-8")
    parts = _imports(folder / "static" / "static" / "js")
    return [name for name in parts if f'/{name}"' not in page]


def _imports(folder: Path) -> Iterator[str]:
    to_read = sorted(path.name for path in folder.glob(COMPONENT_PART))
    seen = set(to_read)
    while to_read:
        name = to_read.pop()
        yield name
        found = {match.decode() for match in _IMPORTED.findall((folder / name).read_bytes())}
        to_read += sorted(found - seen)
        seen |= found


class PreloadLinks:
    """Middleware: the page's document names what it will need.

    Args:
        app: what answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the header added where the page itself is answered."""

        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message).append("Link", build_link_header())
            await send(message)

        whole = scope["type"] == "http" and scope["path"] == "/"
        await self._app(scope, receive, send_with_links if whole else send)
