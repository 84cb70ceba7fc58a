"""An answer of any form ends a command with a line that helps, and with the code that says so."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures import hostile_store as harm
from tests.fixtures.askers import ASKERS, Asker
from tests.fixtures.hostile_store import hostile
from tests.fixtures.server_process import swarmscope

from swarmscope.doctor.store import check_store
from swarmscope.errors import ExitCode, StoreUnreachableError, SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.stack.influxdb import Operator

ODD = {
    "null": b"null",
    "infinite": b"1e999",
    "a list of numbers": b"[1]",
    "many brackets": b"[" * 100_000,
    "many braces": b'{"a":' * 100_000,
    "no text": b"\xff\xfe",
    "nothing": b"",
    "buckets that are none": b'{"buckets":[1]}',
    "a number of buckets": b'{"buckets":1e999}',
    "a bucket without rules": b'{"buckets":[{"name":"b","retentionRules":null}]}',
    "an odd rule": b'{"buckets":[{"name":"b","retentionRules":[{"everySeconds":"x"}]}]}',
    "tokens that are none": b'{"authorizations":[1]}',
    "a table of 50,000 columns": (
        b"#datatype%s\n#group%s\n#default%s\n%s\n"
        % (b",string" * 50_000, b",false" * 50_000, b"," * 50_000, b",a" * 50_000)
    ),
    "a message that is none": b'{"message":{"a":[1]}}',
}
DATES = ["Thu, 26 Nov 2026 03:00:00 -0000", f"Thu, 26 Nov 2026 03:00:00 +{'9' * 20}", "soon"]


@pytest.mark.sample(7)
@pytest.mark.parametrize("kind", ["influxdb", None], ids=["after its health", "at once"])
@pytest.mark.parametrize("status", ["200 OK", "204 x", "403 x", "404 x", "500 x"])
@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_no_answer_is_a_traceback(
    body: bytes, status: str, kind: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    with hostile(lambda: iter([harm.whole(status, body)]), kind=kind) as store:
        settings = Settings(url=store.url, token="t", timeout_ms=60_000)
        for ask in ASKERS.values():
            words = told(ask, settings)
            assert words.isprintable()
            assert len(words) < 2_000
        assert list(check_store(settings))
    assert capsys.readouterr() == ("", "")


def told(ask: Asker, settings: Settings) -> str:
    try:
        return str(ask(settings))
    except SwarmscopeError as error:
        return str(error)


OPERATIONS: dict[str, Callable[[Operator], object]] = {
    "setting up": lambda operator: operator.set_up("u", "p", "b"),
    "a bucket": lambda operator: operator.ensure_bucket("b", 0),
    "tokens": lambda operator: operator.authorizations(),
    "a token": lambda operator: operator.authorize("d", read=["i"]),
}


@pytest.mark.parametrize("body", [b"null", b"[1]", b"[" * 100_000, b'{"buckets": [1]}'])
@pytest.mark.parametrize("ask", OPERATIONS.values(), ids=OPERATIONS)
def test_nor_is_one_of_the_stack_s_own(ask: Callable[[Operator], object], body: bytes) -> None:
    with (
        hostile(lambda: iter([harm.whole("200 OK", body)]), kind=None) as store,
        pytest.raises(StoreUnreachableError, match="answers, but not as InfluxDB does"),
    ):
        ask(Operator(store.url, "t", "o"))


@pytest.mark.parametrize("date", DATES)
def test_no_clock_ends_the_doctor(date: str) -> None:
    health = json.dumps({"name": "influxdb", "status": "pass", "version": "2.9.1"}).encode()
    answer = harm.whole("200 OK", health, f"Date: {date}")
    with hostile(lambda: iter([answer]), kind=None) as store:
        found = list(check_store(Settings(url=store.url, timeout_ms=60_000)))
    assert ("clock" in {one.topic for one in found}) is (date is DATES[0])


def test_the_exit_code_is_that_of_a_store_that_can_t_be_reached(tmp_path: Path) -> None:
    with hostile(lambda: iter([harm.whole("200 OK", b"null")])) as store:
        done = swarmscope(
            "buckets", "create", cwd=tmp_path, env=harm.environment(store.url), timeout=300
        )
    assert done.returncode == ExitCode.STORE_UNREACHABLE
    assert "answers, but not as InfluxDB 2 does (AttributeError)" in done.stderr
    assert "Traceback" not in done.stderr
