"""``site-map run``: serve the dashboard with uvicorn."""

import socket
import sys

import click
import uvicorn

from dashboard.service.opener import check_settings
from dashboard.settings import Settings
from dashboard.web.guards.http_protocol import DeadlineProtocol
from geocache.settings import load_settings

_LOCAL = {"127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - only shown


@click.command("run")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option(
    "--port", envvar="PORT", default=8501, show_default=True, type=click.IntRange(0, 65535)
)
@click.option("--app", default="dashboard.server:app", hidden=True)
def run_command(host: str, port: int, app: str) -> None:
    """Serve the dashboard.

    Example: site-map run --port 8600
    """
    check_settings(load_settings(Settings))  # a setting that cannot work ends here, in one line
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small messages at once only on sockets that say that they are TCP: else each
    # answer on a connection that is kept open waits 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise click.UsageError(
            f"cannot serve at {host}:{port}: {reason.lower()}; choose another with PORT=…"
        ) from None
    sys.path.insert(0, "")  # where app.py lies
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        http=DeadlineProtocol,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # as Streamlit's own server: a rerun is 80 small messages
    )
    shown = "localhost" if host in _LOCAL else host
    address = f"http://{shown}:{bound.getsockname()[1]}"
    click.echo(f"Trial site map at {address} (Ctrl-C ends it)", err=True)
    server = uvicorn.Server(config)
    try:
        with bound:
            server.run(sockets=[bound])
    except KeyboardInterrupt:
        return
    if not server.started:
        sys.exit(1)
