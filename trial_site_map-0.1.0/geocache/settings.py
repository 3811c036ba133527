"""The settings of geocache, read from the environment."""

import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geocache.errors import ConfigurationError, ReadOnlyError

APP_NAME = "trial-site-map"

_WEB = re.compile(r"https?://[^\s/]+\S*")
_SERVER = re.compile(r"[\w.-]+(:\d+)?(/\S*)?")
_MAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")

S = TypeVar("S", bound="GeocacheSettings")


def check_web_address(value: str) -> str:
    """The value, if it is an http or https URL or empty.

    Raises:
        ValueError: it is neither.
    """
    if value and not _WEB.fullmatch(value):
        raise ValueError("not a URL such as https://example.org")
    return value


def check_server_address(value: str) -> str:
    """The value, if it is a URL, or a host name, which stands for https.

    Raises:
        ValueError: it is neither.
    """
    return value if _SERVER.fullmatch(value) else check_web_address(value)


def split_routing_address(value: str) -> tuple[str, str]:
    """The kind of a routing server, ``valhalla`` or ``osrm``, and its URL without a last slash.

    Raises:
        ValueError: no kind is named, or it is no http or https URL.
    """
    kind, _, address = value.partition("+")
    if kind not in {"valhalla", "osrm"} or not _WEB.fullmatch(address):
        raise ValueError(
            "not a routing server such as valhalla+http://127.0.0.1:8002 or "
            "osrm+http://127.0.0.1:5000"
        )
    return kind, address.rstrip("/")


def split_paths(value: str) -> tuple[Path, ...]:
    """The paths in a setting that is separated like ``PATH``."""
    named = [part.strip() for part in value.split(os.pathsep)]
    return tuple(Path(part).expanduser() for part in named if part)


def default_data_folder() -> Path:
    """The platform's folder for this user's data."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


class GeocacheSettings(BaseSettings):
    """The settings; each field is described in the README under its upper-case name."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    site_map_data: Path = Field(default_factory=default_data_folder)
    site_map_read_only: bool = False
    geocache_url: SecretStr = SecretStr("")
    geocache_providers: str = "gazetteer"
    geocache_registers: str = ""
    geocache_contact: str = ""
    geocache_nominatim_url: str = ""
    geocache_servers: str = ""
    geocache_keys: SecretStr = SecretStr("")
    geocache_requests_per_second: float | None = Field(default=None, gt=0)
    geocache_scheduled: bool = False

    _addresses = field_validator("geocache_nominatim_url")(check_server_address)

    @field_validator("geocache_contact")
    @classmethod
    def _contact(cls, value: str) -> str:
        """How a provider's operator can reach the user."""
        if value and not _MAIL.search(value) and not _WEB.search(value):
            raise ValueError("neither an e-mail address nor a URL")
        return value

    @cached_property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store: ``GEOCACHE_URL``, or SQLite under the data folder."""
        named = self.geocache_url.get_secret_value()
        return named or f"sqlite:///{self.site_map_data / 'geocache.sqlite'}"

    @cached_property
    def providers(self) -> tuple[str, ...]:
        """Provider names in the order they are asked."""
        return tuple(p.strip().casefold() for p in self.geocache_providers.split(",") if p.strip())

    @cached_property
    def registers(self) -> tuple[Path, ...]:
        """Files and folders of registers: ``GEOCACHE_REGISTERS``, split like PATH."""
        return split_paths(self.geocache_registers)

    @cached_property
    def register_folder(self) -> Path:
        """The folder of the registers that were added, and of the indexes of all."""
        return self.site_map_data / "registers"

    def check_may_change(self) -> None:
        """Check that pins, imports, fetches and other changes are allowed.

        Raises:
            ReadOnlyError: ``SITE_MAP_READ_ONLY`` is set.
        """
        if self.site_map_read_only:
            raise ReadOnlyError("SITE_MAP_READ_ONLY is set: nothing can be changed here")

    @cached_property
    def index_folder(self) -> Path:
        """The folder of the gazetteer's index."""
        return self.site_map_data / "gazetteer"


def read_settings() -> GeocacheSettings:
    """The settings of the environment.

    Raises:
        ConfigurationError: a value is invalid; the message names the setting.
    """
    return load_settings(GeocacheSettings)


def load_settings(kind: type[S], **given: Any) -> S:
    """Settings of a subclass; those ``given`` by name are not read from the environment.

    Raises:
        ConfigurationError: a value is invalid; the message names the setting.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        message = first["msg"].removeprefix("Value error, ").removeprefix(f"{name}: ")
        raise ConfigurationError(f"{name}: {message}, got {first['input']!r}") from error
