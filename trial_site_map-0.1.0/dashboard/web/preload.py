"""Middleware: a ``Link`` header that has the browser load what the map needs early.

Without it a browser finds these files one after another: the page's script, the script that draws
components, the map's frame, its script.
"""

from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.maps import bundle
from dashboard.web.streamlit_server import find_component_scripts


@cache
def build_link_header() -> str:
    """The value of the page's ``Link`` header."""
    scripts = [f'<{path}>; rel="modulepreload"; crossorigin' for path in find_component_scripts()]
    assets = (
        (bundle.build_script(), 'rel="prefetch"; as="script"'),
        (bundle.build_style(), 'rel="prefetch"; as="style"'),
    )
    return ", ".join([*scripts, *(f"<{asset.path}>; {how}" for asset, how in assets)])


class PreloadLinks:
    """Adds the header to the page's own response.

    Args:
        app: the app behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the header where the page itself is answered."""

        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(scope=message).append("Link", build_link_header())
            await send(message)

        is_page = scope["type"] == "http" and scope["path"] == "/"
        await self._app(scope, receive, send_with_links if is_page else send)
