"""The logged-in person, and who may open the dashboard or edit what everyone sees."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geocache.errors import ConfigurationError

EVERYBODY = "*"
_HOST_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:]*:[0-9a-f:]*")
"""A host name or an address, without scheme and port."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom the login provider vouches for.

    ``email`` is in lower case, and empty unless the provider gives one that it verified;
    ``subject`` is the provider's permanent id of the person.
    """

    subject: str
    email: str = ""
    name: str = ""

    @property
    def display_name(self) -> str:
        """What other people read: the e-mail address, else the name."""
        return self.email or self.name or self.subject


def parse_claims(claims: Mapping[str, Any], *, trust_email: bool = False) -> Person | None:
    """The person that a provider's claims describe, ``None`` if they describe nobody.

    Args:
        claims: of the provider's ID token.
        trust_email: an address counts too if ``email_verified`` is missing, but never if it is
            there and not true.
    """
    subject = _text(claims, "sub")
    if not subject or not claims.get("is_logged_in"):
        return None
    email = _text(claims, "email").casefold()
    verified = claims.get("email_verified")
    if not (verified is True or verified == "true" or (verified is None and trust_email)):
        email = ""
    return Person(f"{_text(claims, 'iss')} {subject}", email, _text(claims, "name"))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


class AllowList:
    """People listed in a setting: e-mail addresses, domains such as ``example.org``, or ``*``.

    Args:
        setting: the setting's name, for the error.
        value: the list, separated by commas.

    Raises:
        ConfigurationError: an entry is none of these.
    """

    def __init__(self, setting: str, value: str) -> None:
        parts = [part.strip().casefold() for part in value.split(",") if part.strip()]
        for part in parts:
            _, at, domain = part.rpartition("@")
            known = part == EVERYBODY or ("." in domain and not domain.startswith("."))
            if not known or " " in part or (at and part.count("@") > 1):
                raise ConfigurationError(
                    f"{setting}: {part!r} is not an e-mail address, a domain such as example.org, "
                    "or *"
                )
        self._everybody = EVERYBODY in parts
        self._emails = {part for part in parts if "@" in part and not part.startswith("@")}
        self._domains = {part.removeprefix("@") for part in parts} - self._emails - {EVERYBODY}

    def __bool__(self) -> bool:
        """Whether anybody is listed."""
        return bool(self._everybody or self._emails or self._domains)

    def __contains__(self, person: Person) -> bool:
        """Whether a person is listed; a domain does not include its subdomains."""
        if self._everybody:
            return True
        domain = person.email.rpartition("@")[2]
        return bool(person.email) and (person.email in self._emails or domain in self._domains)


class Access:
    """Who may open the dashboard, and who may edit what everyone sees.

    Args:
        readers: ``SITE_MAP_READERS``; if empty, everyone who can log in may open it.
        editors: ``SITE_MAP_EDITORS``; they may open it too.

    Raises:
        ConfigurationError: a setting has an entry that is neither person nor domain.
    """

    def __init__(self, readers: str, editors: str) -> None:
        self._readers = AllowList("SITE_MAP_READERS", readers or EVERYBODY)
        self._editors = AllowList("SITE_MAP_EDITORS", editors)
        self.restricts = bool(readers.strip() or editors.strip())
        """Whether either setting is set, which has no effect without a login."""

    def may_open(self, person: Person | None) -> bool:
        """Whether a person may open the page and use its HTTP routes."""
        return person is not None and (person in self._readers or person in self._editors)

    def may_edit(self, person: Person | None) -> bool:
        """Whether a person may pin, leave off, share, fetch, and delete shared lists."""
        return person is not None and person in self._editors


def parse_hosts(setting: str) -> tuple[str, ...]:
    """The names in ``SITE_MAP_HOSTS``: comma-separated, ``*.example.org`` for all below it.

    Raises:
        ValueError: a part is not a host name; a port or a scheme belongs to no name.
    """
    names = [part.strip().casefold() for part in setting.split(",") if part.strip()]
    for name in names:
        if not _HOST_NAME.fullmatch(name.removeprefix("*.")):
            raise ValueError(f"{name!r} is not a host name such as sites.example.org")
    return tuple(names)
