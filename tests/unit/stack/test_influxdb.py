"""InfluxDB as its operator sees it: what is made once, and what is told where it can't be."""

import pytest
from tests.fixtures.influx_api import ORG_ID, InfluxApi
from tests.fixtures.ports import free_port

from swarmscope.errors import StoreUnreachableError, SwarmscopeError
from swarmscope.stack.influxdb import Authorization, Operator

DAY = 86_400


def operator(influx: InfluxApi, token: str = "op") -> Operator:
    made = Operator(f"{influx.url}/", token, "o")
    made.set_up("admin", "pw", "first")
    return made


def rules(influx: InfluxApi, name: str) -> list[dict[str, object]]:
    (found,) = (bucket for bucket in influx.buckets.values() if bucket["name"] == name)
    listed: list[dict[str, object]] = found["retentionRules"]
    return listed


def test_a_new_one_is_set_up_once(influx: InfluxApi) -> None:
    first = Operator(influx.url, "op", "o")
    assert first.set_up("admin", "pw", "first")
    assert influx.token == "op"
    assert not Operator(influx.url, "op", "o").set_up("admin", "pw", "first")


def test_one_of_other_secrets_is_told_apart(influx: InfluxApi) -> None:
    operator(influx)
    with pytest.raises(SwarmscopeError, match="doesn't know the operator's token") as caught:
        operator(influx, "another")
    assert "Nothing was changed." in caught.value.data
    assert "make clean" in caught.value.remedy
    assert influx.token == "op"


def test_a_bucket_is_made_or_given_its_retention(influx: InfluxApi) -> None:
    op = operator(influx)
    number = op.ensure_bucket("b", 30 * DAY)
    assert op.ensure_bucket("b", 30 * DAY) == number
    assert influx.calls == ["POST /buckets"]
    assert op.ensure_bucket("b", 0) == number
    assert influx.calls[1:] == [f"PATCH /buckets/{number}"]
    assert [rule["everySeconds"] for rule in rules(influx, "b")] == [0]


def test_one_that_is_kept_for_ever_already_stays(influx: InfluxApi) -> None:
    operator(influx).ensure_bucket("first", 0)
    assert influx.calls == []


def test_a_bucket_that_a_list_refuses_to_name_is_made(influx: InfluxApi) -> None:
    op = operator(influx)
    influx.answers["GET /api/v2/buckets"] = (404, b'{"message": "bucket not found"}')
    op.ensure_bucket("b", 0)
    assert influx.calls == ["POST /buckets"]


@pytest.mark.parametrize(
    ("retention", "shard"),
    [(3_600, 3_600), (2 * DAY - 1, 3_600), (2 * DAY, DAY), (180 * DAY, DAY), (181 * DAY, 7 * DAY)],
)
def test_shards_are_as_long_as_influxdb_s_own_for_that_retention(
    influx: InfluxApi, retention: int, shard: int
) -> None:
    operator(influx).ensure_bucket("b", retention)
    assert rules(influx, "b") == [
        {"type": "expire", "everySeconds": retention, "shardGroupDurationSeconds": shard}
    ]


def test_a_token_has_its_rights_and_no_others(influx: InfluxApi) -> None:
    op = operator(influx)
    made, text = op.authorize("reader", read=["1", "2"], write=["2"])
    assert text == f"secret of {made.id}"
    rights = influx.tokens[made.id]["permissions"]
    assert [(one["action"], one["resource"]["id"]) for one in rights] == [
        ("read", "1"),
        ("read", "2"),
        ("write", "2"),
    ]
    assert {one["resource"]["orgID"] for one in rights} == {ORG_ID}
    assert op.authorizations() == [Authorization(made.id, "reader")]


def test_a_token_that_is_gone_already_is_revoked(influx: InfluxApi) -> None:
    op = operator(influx)
    made, _ = op.authorize("reader")
    op.revoke(made)
    op.revoke(made)
    assert influx.tokens == {}


def test_a_refusal_is_told_in_influxdb_s_words(influx: InfluxApi) -> None:
    op = operator(influx)
    influx.answers["POST /api/v2/buckets"] = (422, b'{"message": "no such\\nshard"}')
    with pytest.raises(SwarmscopeError, match=r"refused .*/api/v2/buckets \(422\)") as caught:
        op.ensure_bucket("b", 1)
    assert "no such" in str(caught.value)
    assert caught.value.data == "Nothing was changed."
    assert caught.value.remedy == "`make logs SERVICE=influxdb` says why."
    influx.answers["POST /api/v2/buckets"] = (503, b"")
    with pytest.raises(SwarmscopeError, match=r"\(503\): Service Unavailable\.") as caught:
        op.ensure_bucket("b", 1)
    assert caught.value.data == "Whether anything was changed isn't known."
    assert "the same command again goes on" in caught.value.remedy


def test_a_question_that_a_server_fails_at_changed_nothing(influx: InfluxApi) -> None:
    op = operator(influx)
    influx.answers["GET /api/v2/authorizations"] = (500, b"")
    with pytest.raises(SwarmscopeError, match=r"\(500\)") as caught:
        op.authorizations()
    assert caught.value.data == "Nothing was changed."
    assert caught.value.remedy == "`make logs SERVICE=influxdb` says why."


def test_one_that_is_away_changed_nothing(influx: InfluxApi) -> None:
    with pytest.raises(StoreUnreachableError, match="does not answer") as caught:
        Operator(f"http://127.0.0.1:{free_port()}", "op", "o").set_up("u", "p", "b")
    assert caught.value.data == "Nothing was changed."


def test_one_that_hangs_up_may_have_changed_something(influx: InfluxApi) -> None:
    op = operator(influx)
    influx.answers["POST /api/v2/authorizations"] = None
    with pytest.raises(StoreUnreachableError, match="does not answer") as caught:
        op.authorize("reader")
    assert caught.value.data == "Whether anything was changed isn't known."
    assert "the same command again goes on" in caught.value.remedy
