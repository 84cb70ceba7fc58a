"""A refusal is InfluxDB's JSON, and never long."""

import json

from swarmscope.server.refusals import MAX_MESSAGE, refusal


def test_it_has_a_code_a_message_and_the_headers_given() -> None:
    answer = refusal(413, "too large", "say less", {"Retry-After": "5"})
    assert answer.status_code == 413
    assert json.loads(answer.body) == {"code": "too large", "message": "say less"}
    assert answer.headers["retry-after"] == "5"


def test_of_a_long_message_the_begin_is_told() -> None:
    told = json.loads(refusal(400, "invalid", "\x00" * MAX_MESSAGE * 2).body)["message"]
    assert told.startswith("\x00" * 100)
    assert len(told) <= MAX_MESSAGE + 100
    # Each of those signs is six bytes of JSON.
    assert len(refusal(400, "invalid", "\x00" * MAX_MESSAGE * 2).body) < 64 * 2**10
