"""Why a request failed: what its user can do about, without what only a library cares for."""

import io
import ssl
from email.message import Message
from http.client import IncompleteRead
from urllib.error import HTTPError, URLError

import pytest
import urllib3

from swarmscope.errors import StoreUnreachableError, SwarmscopeError
from swarmscope.transport.bounded import too_long
from swarmscope.transport.causes import (
    RedirectedError,
    cause,
    chain,
    elsewhere,
    odd_answer,
    said,
    said_of,
)

URL = "http://store:8086/api/v2/write"


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL] what OpenSSL says")
    error.reason = reason
    return error


def certificate(code: int, words: str = "what OpenSSL says") -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, words
    return error


NO_TLS = "it doesn't speak TLS: give its address with http:, or set TLS up there"
OLD_TLS = "it knows no TLS newer than 1.1, which is not safe: let it speak TLS 1.2 or newer"
ENDED = "it ended the connection in the middle of TLS: its own log says why"
NOBODY = (
    "its certificate is signed by nobody whom this machine trusts: name the file of its CA in "
    "INFLUXDB_V2_SSL_CA_CERT"
)
OTHER = (
    "its certificate is not for the name or address by which it was asked: use one that the "
    "certificate names"
)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (tls("WRONG_VERSION_NUMBER"), NO_TLS),
        (tls("HTTP_REQUEST"), NO_TLS),
        (tls("UNSUPPORTED_PROTOCOL"), OLD_TLS),
        (tls("TLSV1_ALERT_PROTOCOL_VERSION"), OLD_TLS),
        (ssl.SSLError(1, "[SSL] legacy sigalg disallowed or unsupported (_ssl.c:992)"), OLD_TLS),
        (ssl.SSLEOFError(8, "EOF"), ENDED),
        (ssl.SSLZeroReturnError(6, "closed"), ENDED),
        (tls("BAD_SIGNATURE"), "TLS failed: BAD_SIGNATURE"),
        (ssl.SSLError("bad handshake: Error()"), "TLS failed: ('bad handshake: Error()',)"),
        (ssl.SSLError(1, "what OpenSSL says"), "TLS failed: what OpenSSL says"),
        (
            certificate(10),
            "its certificate has expired: renew it, or set this machine's clock right",
        ),
        (
            certificate(9),
            "its certificate isn't valid yet: set the clocks right, this machine's too",
        ),
        *((certificate(code), NOBODY) for code in (18, 19, 20, 21)),
        *((certificate(code), OTHER) for code in (62, 64)),
        (certificate(23, "revoked"), "its certificate can't be trusted: revoked"),
    ],
)
def test_what_is_wrong_with_a_servers_tls_is_said_with_the_remedy(
    error: ssl.SSLError, told: str
) -> None:
    assert cause(error) == told
    # Libraries wrap it, in one way or another.
    assert cause(URLError(error)) == told
    pool = urllib3.connectionpool.HTTPSConnectionPool("store")
    wrapped = urllib3.exceptions.MaxRetryError(pool, "/", urllib3.exceptions.SSLError(error))
    assert cause(wrapped) == told


def test_an_answer_that_is_too_long_is_said_to_be_that_through_all_wrappings() -> None:
    error = urllib3.exceptions.ProtocolError("Connection broken", too_long(2**16))
    assert cause(error) == "its answer is longer than 64 KiB"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "[Errno 111] Connection refused"),
        (URLError("no host given"), "no host given"),
        (URLError(TimeoutError("timed out")), "timed out"),
        (
            Exception("<urllib3.connection.HTTPConnection object at 0x7f>: refused"),
            "refused",
        ),
        (Exception("HTTPConnectionPool(host='store', port=80): no more"), "no more"),
        (Exception("Connection refused"), "Connection refused"),
        (Exception("x" * 9_000), "x" * 2_000),
    ],
)
def test_else_the_systems_words_are_said_without_a_librarys(error: Exception, told: str) -> None:
    assert cause(error) == told


def test_all_that_led_to_an_error_is_met_once() -> None:
    first, second, third, fourth = (OSError(str(number)) for number in range(4))
    last = Exception("words", first, 5)
    last.__cause__ = second
    last.__context__ = first
    second.reason = third  # type: ignore[attr-defined]
    third.__context__ = last
    third.__cause__ = fourth
    assert list(chain(last)) == [last, second, first, third, fourth]


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("no rights", "no rights"),
        (None, ""),
        ("", ""),
        (b"no rights\xff", "no rights\ufffd"),
        (" two\nlines\x1b[2J ", "two lines [2J"),
        ("x" * 600, "x" * 500),
    ],
)
def test_what_a_server_says_is_one_line_that_a_terminal_can_show(
    message: str | bytes | None, told: str
) -> None:
    assert said(message) == told


class Broken(io.BytesIO):
    """The body of an answer that ends too early."""

    def read(self, size: int | None = -1) -> bytes:
        raise IncompleteRead(b"some", size)


def http_error(body: io.BytesIO) -> HTTPError:
    return HTTPError(URL, 500, "x", Message(), body)


def test_what_a_server_says_of_its_refusal_is_read_as_far_as_it_matters() -> None:
    error = http_error(io.BytesIO(b"no rights\n" + bytes(2**20)))
    assert said_of(error) == "no rights"
    assert len(error.read()) == 10 + 2**20 - 2**16


@pytest.mark.parametrize("body", [b"", b" \n", b"\x00"])
def test_an_answer_without_a_word_is_told_by_those_of_its_status(body: bytes) -> None:
    error = HTTPError(URL, 502, "Bad\nGateway", Message(), io.BytesIO(body))
    assert said_of(error) == "Bad Gateway"


def test_an_answer_that_breaks_off_is_said_to() -> None:
    told = said_of(http_error(Broken()))
    assert told.startswith("its reason could not be read: IncompleteRead(4 bytes read")


def test_an_odd_answer_is_told_in_three_parts_whoever_gave_it() -> None:
    class OtherError(SwarmscopeError):
        pass

    told = odd_answer("x", "as a store does", "KeyError", data="All is as it was.", remedy="R.")
    assert str(told) == "x answers, but not as a store does (KeyError). All is as it was. R."
    assert type(told) is StoreUnreachableError
    other = odd_answer("y", "as it should", "z", data="D.", remedy="R.", kind=OtherError)
    assert (type(other), other.data, other.remedy) == (OtherError, "D.", "R.")


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("/login?next=1#x", "/login"),
        ("login", "/api/v2/login"),
        ("http://store:8086/login", "/login"),
        ("https://store:8086/login", "https://store:8086"),
        ("http://store:8087/login", "http://store:8087"),
        ("//other.example/a?token=b", "http://other.example"),
        ("http://bob:secret@other.example/", "http://other.example"),
        ("http://[", "an address that is none"),
        ("", "/api/v2/write"),
        ("/a\x1b[2J\u202e", "/a?[2J?"),
        ("/" + "x" * 500, "/" + "x" * 199),
    ],
)
def test_where_a_redirect_leads_is_said_without_what_only_a_server_reads(
    location: str, place: str
) -> None:
    assert elsewhere(URL, location) == place


def test_a_redirect_is_said_with_what_did_not_go_there() -> None:
    error = RedirectedError(URL, 307, "https://other.example/a")
    assert (error.status, error.target) == (307, "https://other.example")
    assert isinstance(error, StoreUnreachableError)
    assert RedirectedError(URL, 302, "login").target == "/api/v2/login"
    assert str(error) == (
        "http://store:8086 wants us to ask https://other.example instead (307). Neither the token "
        "nor anything else was sent there. If that is the server, and you trust it, name its "
        "address: INFLUXDB_V2_URL or --url for the store."
    )
