"""The connection to a Grafana, and its refusals in words that help."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException
from urllib3.exceptions import HTTPError

from swarmscope.errors import ConfigurationError, ExitCode, SwarmscopeError
from swarmscope.grafana.careful import be_careful
from swarmscope.settings import environment, proxies, values
from swarmscope.transport.causes import ODD, elsewhere, odd_answer, said

URL, TOKEN = "GRAFANA_URL", "GRAFANA_TOKEN"
"""The variables, named as grafana-client names them."""
_TIMEOUT_S = 30
_WHERE = "Where it is says GRAFANA_URL or --grafana; a token for it, GRAFANA_TOKEN."


class GrafanaError(SwarmscopeError):
    """Grafana did not answer, or refused us."""

    exit_code = ExitCode.STORE_UNREACHABLE


@dataclass(frozen=True)
class Place:
    """Which Grafana is meant, and who we are there."""

    url: str
    token: str = field(default="", repr=False)
    org: int | None = None
    """Id of an organization. A token belongs to one; a user with a password may name one."""

    @property
    def shown(self) -> str:
        """The address without a password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")

    @classmethod
    def of(
        cls, environ: Mapping[str, str], url: str | None = None, org: int | None = None
    ) -> "Place | None":
        """Return what *url* or the environment name, if anything.

        Raises:
            ConfigurationError: it is no URL, or the token none.

        """
        url = (url or environ.get(URL, "")).strip()
        if not url:
            return None
        if not _is_address(url):
            raise ConfigurationError(
                f"{environment.shown(url)!r} is not the address of a Grafana.",
                remedy="Give it as http://host:3000 or https://host/grafana; in a password, / is "
                "written as %2F.",
            )
        token = environment.token(environ.get(TOKEN, "").strip(), TOKEN)
        return cls(url.rstrip("/") + "/", token, org)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    # Behind the host: a password of digits and a slash reads as a port and a path.
    hidden = "@" in parts.path + parts.query + parts.fragment
    fit = parts.scheme in ("http", "https") and bool(parts.hostname) and values.has_port(parts)
    return fit and not hidden


def missing() -> ConfigurationError:
    """Return the error of a command that needs a Grafana where none is named."""
    return ConfigurationError("No Grafana is named.", remedy=_WHERE)


def connect(place: Place) -> GrafanaApi:
    """Return a client of the Grafana at *place*; nothing is asked yet."""
    parts = urlsplit(place.url)
    credential = place.token or (
        # As bytes: requests takes Latin-1 for granted, and ends in a traceback.
        (
            unquote_to_bytes(os.fsencode(parts.username)),
            unquote_to_bytes(os.fsencode(parts.password)),
        )
        if parts.username and parts.password
        else None
    )
    api = GrafanaApi(
        credential,
        protocol=parts.scheme,
        host=parts.hostname,
        port=parts.port,
        url_path_prefix=parts.path.lstrip("/"),
        timeout=_TIMEOUT_S,
        organization_id=place.org,
    )
    be_careful(api.client.s)
    if proxies.is_here(parts.hostname or ""):
        # requests takes the environment's proxy to this machine as well.
        api.client.s.trust_env = False
        api.client.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    return api


@contextmanager
def explained(place: Place, data: str) -> Iterator[None]:
    """Turn what goes wrong inside into a `GrafanaError`; *data* says what became of the data."""
    try:
        yield
    except GrafanaException as error:
        raise _refusal(place, error, data) from error
    except requests.exceptions.TooManyRedirects as error:
        raise _redirected(place, error, data) from error
    except requests.exceptions.SSLError as error:
        raise GrafanaError(
            f"The certificate of Grafana at {place.shown} is not trusted here.",
            data=data,
            remedy="Name its CA's file in REQUESTS_CA_BUNDLE.",
        ) from error
    except (requests.exceptions.RequestException, HTTPError, OSError) as error:
        raise GrafanaError(
            f"Nothing that speaks as a Grafana answers at {place.shown} ({_cause(error)}).",
            data=data,
            remedy=_WHERE,
        ) from error
    except ODD as error:
        raise odd_answer(
            place.shown,
            "as a Grafana does",
            type(error).__name__,
            kind=GrafanaError,
            data=data,
            remedy=_WHERE,
        ) from error


def absent(error: GrafanaException) -> bool:
    """Return whether Grafana said that there is no such thing."""
    return isinstance(error, GrafanaClientError) and error.status_code == 404


def _refusal(place: Place, error: GrafanaException, data: str) -> GrafanaError:
    where = f"Grafana at {place.shown}"
    if error.status_code == 401:
        return GrafanaError(
            f"{where} doesn't know us (401).",
            data=data,
            remedy="Set GRAFANA_TOKEN to the token of a service account.",
        )
    if error.status_code == 403:
        return GrafanaError(
            f"{where} doesn't let us do this (403: {_said(error)}).",
            data=data,
            remedy="Boards and alert rules take a service account that is an Editor, a data source "
            "an Admin; --no-data-source leaves it out.",
        )
    return GrafanaError(
        f"{where} refused it ({error.status_code}: {_said(error)}).",
        data=data,
        remedy="Its own log says more.",
    )


def _redirected(
    place: Place, error: requests.exceptions.TooManyRedirects, data: str
) -> GrafanaError:
    answer = error.response
    target = "" if answer is None else answer.headers.get("Location", "")
    return GrafanaError(
        f"Grafana at {place.shown} wants us to ask {elsewhere(place.shown, target)} instead.",
        data=f"Nothing was sent there. {data}",
        remedy="If that is your Grafana, name its address: GRAFANA_URL or --grafana.",
    )


def _said(error: GrafanaException) -> str:
    response = error.response
    return said(str(response.get("message", response) if isinstance(response, dict) else response))


def _cause(error: BaseException) -> str:
    while error.__context__ is not None:
        error = error.__context__
    return said(str(getattr(error, "strerror", None) or error))
