"""The two buckets in an InfluxDB: which are made, and what is said where that can't be."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.errors import ConfigurationError, ExitCode, StoreUnreachableError, SwarmscopeError
from swarmscope.settings import Settings
from swarmscope.store.buckets import Bucket, State, by_hand, create

HEALTH = Said(b'{"name": "influxdb", "status": "pass"}')
RAW, LONG = Bucket("raw", 30 * 86_400), Bucket("by minutes", 0)
ORG = "0f0f0f0f0f0f0f0f"
MISSING = Said(b'{"code": "not found", "message": "bucket \\"x\\" not found"}', 404)


def listed(*buckets: Mapping[str, Any]) -> Said:
    return Said(json.dumps({"buckets": list(buckets)}).encode())


def there(name: str, seconds: int = 0) -> dict[str, Any]:
    rules = [{"type": "expire", "everySeconds": seconds}] if seconds else []
    return {"id": "1", "name": name, "orgID": ORG, "retentionRules": rules}


class Server(dict[str, Said]):
    """An InfluxDB whose answers are told by the begin of a path; what was made is in `made`."""

    def __init__(self, raw: Said, long: Said, made: Said | None = None, **more: Said) -> None:
        named = "/api/v2/buckets?org=o&name="
        paths = {f"{named}raw": raw, f"{named}by": long}
        more = {f"/api/v2/{path}": said for path, said in more.items()}
        everything = {"/health": HEALTH, **paths, "/api/v2/buckets?": listed(), **more}
        super().__init__(
            {**everything, "/api/v2/buckets": made or Said(json.dumps(there("new")).encode(), 201)}
        )
        self.heard: list[Heard] = []

    def create(self, **settings: str) -> list[tuple[Bucket, State]]:
        with answering(self, self.heard) as url:
            given = {"url": url, "token": "t", "org": "o", **settings}
            return list(create(Settings(**given), [RAW, LONG]))  # type: ignore[arg-type]

    def refused(self, kind: type[SwarmscopeError]) -> SwarmscopeError:
        with pytest.raises(kind) as caught:
            self.create()
        assert type(caught.value) is kind
        return caught.value

    @property
    def made(self) -> list[Any]:
        posts = (one for one in self.heard if one.path == "/api/v2/buckets")
        return [json.loads(one.body) for one in posts]


def test_what_is_there_stays_as_it_is() -> None:
    server = Server(listed(there("raw", 7 * 86_400)), listed(there("by minutes")))
    assert server.create() == [
        (Bucket("raw", 7 * 86_400), State.THERE),
        (Bucket("by minutes", 0), State.THERE),
    ]
    assert server.made == []
    asked = [parse_qs(urlsplit(one.path).query) for one in server.heard[1:]]
    assert asked == [{"name": [name], "org": ["o"]} for name in ("raw", "by minutes")]


def test_what_is_missing_is_made_in_the_organization_of_the_other() -> None:
    server = Server(MISSING, listed(there("by minutes")))
    assert server.create() == [(RAW, State.MADE), (LONG, State.THERE)]
    (made,) = server.made
    assert (made["name"], made["orgID"]) == ("raw", ORG)
    assert [rule["everySeconds"] for rule in made["retentionRules"]] == [30 * 86_400]


def test_where_both_are_missing_the_organization_is_looked_up() -> None:
    found = Said(b'{"orgs": [{"id": "abababababababab", "name": "o"}]}')
    server = Server(MISSING, MISSING, orgs=found)
    assert [state for _, state in server.create()] == [State.MADE, State.MADE]
    assert {made["orgID"] for made in server.made} == {"abababababababab"}


def test_a_token_that_sees_no_organization_finds_it_by_any_bucket() -> None:
    server = Server(MISSING, MISSING, orgs=Said(b'{"orgs": []}'))
    server["/api/v2/buckets?"] = listed(there("another"))
    assert [state for _, state in server.create()] == [State.MADE, State.MADE]
    assert {made["orgID"] for made in server.made} == {ORG}


def test_a_token_that_sees_nothing_at_all_lacks_a_right() -> None:
    server = Server(MISSING, MISSING, orgs=Said(b'{"orgs": []}'))
    error = server.refused(ConfigurationError)
    assert error.happened == "The token may not make buckets: it lacks the right read:orgs of o."
    assert error.data == "Not made: raw, by minutes."
    assert error.remedy == (
        "Set INFLUXDB_V2_TOKEN to one that may, or have an operator run: influx bucket create "
        "--org o --name raw --retention 720h && influx bucket create --org o --name 'by minutes'"
    )
    assert server.made == []


def test_a_bucket_that_this_token_may_not_see_is_there_all_the_same() -> None:
    found = Server(listed(), listed(there("by minutes"))).create()
    assert found[0] == (Bucket("raw", None), State.THERE)
    assert found[0][0].kept == "how long its points are kept, this token may not see"


def test_what_was_made_before_a_refusal_is_not_called_missing() -> None:
    body = b'{"code": "unauthorized", "message": "write:orgs/0f/buckets is unauthorized"}'
    server = Server(listed(there("raw")), MISSING, made=Said(body, 401))
    error = server.refused(ConfigurationError)
    assert "it lacks the right write:orgs/0f/buckets." in error.happened
    assert error.data == "Not made: by minutes."


@pytest.mark.parametrize(
    ("status", "fate"),
    [(500, "Whether by minutes was made isn't known."), (422, "Not made: by minutes.")],
)
def test_of_two_that_were_missing_only_the_second_still_is(status: int, fate: str) -> None:
    server = Server(
        MISSING, MISSING, orgs=Said(b'{"orgs": [{"id": "0f0f0f0f0f0f0f0f", "name": "o"}]}')
    )
    with answering(server) as url:
        making = create(Settings(url=url, token="t", org="o"), [RAW, LONG])
        assert next(making) == (RAW, State.MADE)
        server["/api/v2/buckets"] = Said(b'{"message": "no"}', status)
        with pytest.raises(StoreUnreachableError) as caught:
            next(making)
    assert caught.value.data == fate
    again = "`swarmscope buckets create` again does the rest. " if status == 500 else ""
    assert caught.value.remedy == f"{again}Its own log says more."


@pytest.mark.parametrize("made", [Said(b"", 504), Said(status=0)], ids=["a proxy", "hangs up"])
def test_whether_one_was_made_is_not_known_where_nobody_says_it(made: Said) -> None:
    """It may be there all the same."""
    found = Said(b'{"orgs": [{"id": "0f0f0f0f0f0f0f0f", "name": "o"}]}')
    error = Server(MISSING, MISSING, made=made, orgs=found).refused(StoreUnreachableError)
    assert error.data == "Whether raw was made isn't known. Not made: by minutes."
    assert error.remedy.startswith("`swarmscope buckets create` again does the rest.")


def test_what_fails_before_one_is_asked_for_made_none() -> None:
    lost = Said(b'{"message": "no"}', 503)
    error = Server(MISSING, MISSING, orgs=lost).refused(StoreUnreachableError)
    assert error.data == "Not made: raw, by minutes."


@pytest.mark.parametrize(
    ("token", "says"), [("t", "refused the token (401)"), ("", "wants a token, and none is set")]
)
def test_a_token_that_nobody_knows_is_told_apart(token: str, says: str) -> None:
    unknown = Said(b'{"code": "unauthorized", "message": "unauthorized access"}', 401)
    with pytest.raises(StoreUnreachableError) as caught:
        Server(unknown, unknown).create(token=token)
    assert says in caught.value.happened
    assert caught.value.data == "Nothing was changed."


def test_an_organization_that_is_not_there_is_wrong_usage() -> None:
    lost = Said(b'{"code": "not found", "message": "organization name \\"o\\" not found"}', 404)
    error = Server(lost, lost).refused(ConfigurationError)
    assert "has no organization o (404)." in error.happened
    assert error.remedy == "Correct INFLUXDB_V2_ORG."


def test_another_refusal_is_told_with_its_number() -> None:
    error = Server(Said(b'{"message": "too\\nmuch"}', 500), MISSING).refused(StoreUnreachableError)
    assert "refused it (500: too much)." in error.happened
    assert error.exit_code == ExitCode.STORE_UNREACHABLE
    assert error.data == "Not made: raw, by minutes."


def test_one_that_hangs_up_half_way_says_what_is_left() -> None:
    server = Server(listed(there("raw")), MISSING, made=Said(b"", 201, missing=9))
    error = server.refused(StoreUnreachableError)
    assert "does not answer (" in error.happened
    assert error.data == "Whether by minutes was made isn't known."
    assert error.remedy == "`swarmscope buckets create` again does the rest."


@pytest.mark.parametrize("body", [b"null", b"[1]", b'{"buckets": [1]}', b"<html>"])
def test_an_odd_answer_is_told(body: bytes) -> None:
    """A login page, say: both buckets were called there already, with exit code 0."""
    error = Server(Said(body), Said(body)).refused(StoreUnreachableError)
    assert "answers, but not as InfluxDB 2 does" in error.happened
    assert error.data == "Which of them it has isn't known: raw, by minutes."


def test_an_answer_without_a_list_is_told_as_one() -> None:
    error = Server(Said(b"{}"), Said(b"{}")).refused(StoreUnreachableError)
    assert error.happened.endswith("but not as InfluxDB 2 does (its list is missing).")


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        (0, "its points are kept for ever"),
        (86_400, "its points are kept for 1 days"),
        (129_600, "its points are kept for 36 hours"),
        (5_400, "its points are kept for 1.5 hours"),
    ],
)
def test_how_long_points_are_kept_is_said(seconds: int, kept: str) -> None:
    assert Bucket("b", seconds).kept == kept


def test_a_command_by_hand_is_one_that_a_shell_reads_as_meant() -> None:
    command = by_hand(Settings(org="o'x"), Bucket("$(b)", 7_200))
    assert command == ("""influx bucket create --org 'o'"'"'x' --name '$(b)' --retention 2h""")
