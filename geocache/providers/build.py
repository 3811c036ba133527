"""Providers from their names in the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from geocache.providers.protocol import Provider

if TYPE_CHECKING:
    from geocache.settings import GeocacheSettings


def build_providers(
    settings: "GeocacheSettings", *, progress: Callable[..., Any] | None = None
) -> tuple[Provider, ...]:
    """The providers of ``GEOCACHE_PROVIDERS``, in its order.

    Raises:
        ConfigurationError: a name is unknown, refused, or lacks a setting it needs.
    """
    from geocache.gazetteer import Gazetteer  # noqa: PLC0415 # shapely and tables

    return (Gazetteer(settings.index_folder, progress=progress),)
