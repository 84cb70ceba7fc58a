"""Why a request to a server failed, in words that help.

Libraries hide it: urllib3 wraps what a socket or OpenSSL says in up to three errors of its own, and
influxdb-client once more.
"""

import re
import ssl
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit

from swarmscope.errors import StoreUnreachableError, SwarmscopeError
from swarmscope.transport.bounded import BRIEF_BYTES, TooLongError

ODD = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading an answer ends with that hasn't the form which it should have."""
_CONNECTION = re.compile(r"<?[\w.]*Connection(?:Pool)?\b[^>)]*[>)]: ")
"""urllib3 puts the connection's repr before the cause, which tells a user nothing."""
_LONGEST = 200
_LONGEST_MESSAGE = 500
_LONGEST_TEXT = 2_000

_EXPIRED, _NOT_YET = 10, 9
_NOBODY_S = frozenset({18, 19, 20, 21})
_OTHER_NAME = frozenset({62, 64})
"""Codes of OpenSSL's verification: X509_V_ERR_… of its x509_vfy.h."""
_NO_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}
)
_OLD_TLS = frozenset(
    {
        "UNSUPPORTED_PROTOCOL",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "NO_PROTOCOLS_AVAILABLE",
        "VERSION_TOO_LOW",
    }
)


def cause(error: BaseException) -> str:
    """Return why a request failed: what is wrong with the server's TLS, or the system's words."""
    for one in chain(error):
        if isinstance(one, ssl.SSLError):
            return tls_cause(one)
        if isinstance(one, TooLongError):
            return str(one)
    # Before the search: its time grows with the square of a text without blanks.
    text = str(getattr(error, "reason", None) or error)[:_LONGEST_TEXT]
    return _CONNECTION.sub("", text)


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and all that led to it."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        hidden = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [other for other in hidden if isinstance(other, BaseException)]


def tls_cause(error: ssl.SSLError) -> str:
    """Return what is wrong with a server's TLS, and what to do; it is not asked without."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_cause(error)
    # What urllib3 raises for pyOpenSSL, where somebody put that in Python's place, has none.
    reason = getattr(error, "reason", None)
    if reason in _NO_TLS:
        return "it doesn't speak TLS: give its address with http:, or set TLS up there"
    # SHA-1, by which TLS up to 1.1 signs; older Python (3.11.2) has no name for OpenSSL's reason.
    if reason in _OLD_TLS or "legacy sigalg" in str(error):
        return "it knows no TLS newer than 1.1, which is not safe: let it speak TLS 1.2 or newer"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "it ended the connection in the middle of TLS: its own log says why"
    return f"TLS failed: {reason or error}"


def _certificate_cause(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == _EXPIRED:
        return "its certificate has expired: renew it, or set this machine's clock right"
    if error.verify_code == _NOT_YET:
        return "its certificate isn't valid yet: set the clocks right, this machine's too"
    if error.verify_code in _NOBODY_S:
        return (
            "its certificate is signed by nobody whom this machine trusts: name the file of its "
            "CA in INFLUXDB_V2_SSL_CA_CERT"
        )
    if error.verify_code in _OTHER_NAME:
        return (
            "its certificate is not for the name or address by which it was asked: use one that "
            "the certificate names"
        )
    return f"its certificate can't be trusted: {error.verify_message or error}"


def said(message: str | bytes | None) -> str:
    """Return on one line what a server said of its refusal, however long it is and whatever it is.

    It goes to a terminal.
    """
    text = message.decode(errors="replace") if isinstance(message, bytes) else str(message or "")
    cut = text[:_LONGEST_MESSAGE]
    return "".join(c if c.isprintable() else " " for c in cut).strip()


def said_of(error: HTTPError) -> str:
    """Return the same of an answer whose body wasn't read so far; of an empty one, its status."""
    try:
        return said(error.read(BRIEF_BYTES)) or said(error.reason)
    except (OSError, HTTPException, ValueError) as broken:
        return f"its reason could not be read: {cause(broken)}"


def odd_answer(
    where: str,
    how: str,
    why: str,
    *,
    data: str,
    remedy: str,
    kind: type[SwarmscopeError] = StoreUnreachableError,
) -> SwarmscopeError:
    """Return the error that the server at *where* answers, but not *how* it should, and *why*."""
    return kind(f"{where} answers, but not {how} ({why}).", data=data, remedy=remedy)


def elsewhere(url: str, location: str) -> str:
    """Return where a redirect from *url* to *location* leads, without what only a server reads."""
    try:
        parts = urlsplit(urljoin(url, location))
        here = urlsplit(url)
    except ValueError:
        return "an address that is none"
    host = parts.netloc.rpartition("@")[2]
    same = (parts.scheme, host) == (here.scheme, here.netloc)
    text = parts.path if same else f"{parts.scheme}://{host}"
    return "".join(c if c.isprintable() else "?" for c in text)[:_LONGEST]


class RedirectedError(StoreUnreachableError):
    """A server sends us elsewhere, and we don't go there: whose that is, nobody knows."""

    def __init__(self, url: str, status: int, target: str) -> None:
        self.status = status
        self.target = elsewhere(url, target)
        super().__init__(
            f"{elsewhere('', url)} wants us to ask {self.target} instead ({status}).",
            data="Neither the token nor anything else was sent there.",
            remedy="If that is the server, and you trust it, name its address: INFLUXDB_V2_URL or "
            "--url for the store.",
        )
