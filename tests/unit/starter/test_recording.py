"""Requests put together: few names, weights as they were sent, and no credential in any of them."""

import pytest

from swarmscope.starter.credentials import Credential
from swarmscope.starter.recording import Recording, Sent
from swarmscope.starter.source import Call

HOST = "https://shop.example"


def recorded(*sent: Sent) -> tuple[list[Call], Recording]:
    recording = Recording()
    for one in sent:
        recording.add(one)
    return recording.calls(), recording


def test_requests_of_a_kind_have_one_name_and_their_number_is_the_weight() -> None:
    paths = ["/p/1", "/p/2", "/p/2", "/", "/p/1?x=1"]
    calls, _ = recorded(*(Sent("GET", HOST + path) for path in paths))
    assert [(call.name, call.weight, list(call.paths)) for call in calls] == [
        ("/p/[id]", 3, ["/p/1", "/p/2"]),
        ("/", 1, ["/"]),
        ("/p/[id]?x=[value]", 1, ["/p/1?x=1"]),
    ]


def test_of_many_paths_some_are_kept() -> None:
    ((call,), _) = recorded(*(Sent("GET", f"/p/{number}") for number in range(100)))
    assert (len(call.paths), call.weight) == (20, 100)


SECRET = "s3cr3t-s3cr3t-s3cr3t-1234"


@pytest.mark.parametrize(
    ("sent", "credential"),
    [
        (Sent("GET", "/", [("authorization", f"Bearer {SECRET}")]), ("header", "Authorization")),
        (Sent("GET", "/", [("Cookie", f"a={SECRET}")]), ("header", "Cookie")),
        (Sent("GET", "/", [("X-Anything", SECRET)]), ("header", "X-Anything")),
        (Sent("GET", "/", [("Api-Token", SECRET)]), ("header", "Api-Token")),
        (Sent("GET", f"/?a=1&access_token={SECRET}"), ("query", "access_token")),
        (Sent("GET", f"https://u:{SECRET}@shop.example/"), ("header", "Authorization")),
    ],
)
def test_what_lets_somebody_in_is_named_and_left_out(
    sent: Sent, credential: tuple[str, str]
) -> None:
    (call,), recording = recorded(sent)
    assert recording.credentials == [Credential(*credential)]
    assert SECRET not in repr(call)


@pytest.mark.parametrize(
    ("mime", "body"),
    [
        ("application/json", f'{{"user": {{"password": "{SECRET}", "name": "Ada"}}}}'),
        ("application/x-www-form-urlencoded", f"name=Ada&password={SECRET}"),
        ("text/plain", f"name Ada password={SECRET}"),
        ("application/json", f'not json Ada password="{SECRET}"'),
    ],
)
def test_passwords_in_bodies_are_left_out_and_counted(mime: str, body: str) -> None:
    (call,), recording = recorded(Sent("POST", "/login", [("Content-Type", mime)], body))
    assert SECRET not in repr(call)
    assert "Ada" in repr(call)
    assert "***" in repr(call)
    assert recording.redacted == 1


def test_a_password_in_a_path_is_left_out() -> None:
    (call,), recording = recorded(Sent("GET", f"/x;password={SECRET}/y"))
    assert SECRET not in repr(call)
    assert recording.redacted == 1


def test_headers_that_a_browser_adds_are_none_of_the_test() -> None:
    headers = [
        (":method", "GET"),
        ("Accept", "text/html,*/*"),
        ("User-Agent", "x"),
        ("Sec-Ch-Ua", "x"),
        ("X-Shop", "7"),
        ("Unknown", "x"),
    ]
    ((call,), _) = recorded(Sent("GET", "/", headers))
    assert call.headers == {"X-Shop": "7"}


def test_json_is_sent_as_json_and_anything_else_as_it_was() -> None:
    mime = [("content-type", "application/json"), ("accept", "application/json")]
    ((call,), _) = recorded(Sent("POST", "/", mime, '{"a": [1]}'))
    assert (call.json, call.data, call.headers) == (
        {"a": [1]},
        None,
        {"accept": "application/json"},
    )
    ((call,), _) = recorded(Sent("POST", "/", [("content-type", "text/csv")], "a,b"))
    assert (call.json, call.data, call.headers) == (None, "a,b", {"content-type": "text/csv"})


def test_what_can_not_be_sent_again_is_said() -> None:
    ((call,), _) = recorded(Sent("POST", "/", lacking="a body of image/png"))
    assert call.guessed == ["a body of image/png"]
