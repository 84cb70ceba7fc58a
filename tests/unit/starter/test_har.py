"""Recordings: the requests of one host that a load test sends, and what became of the others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmscope.errors import ConfigurationError
from swarmscope.starter.har import source
from swarmscope.starter.locustfile import locustfile


def entry(url: str, mime: str = "application/json", status: int = 200, **request: Any) -> Any:
    return {
        "request": {"method": "GET", "url": url, **request},
        "response": {"status": status, "content": {"mimeType": mime}},
    }


def har(*entries: Any) -> Any:
    return {"log": {"entries": list(entries)}}


def test_of_a_page_its_own_host_is_tested_and_what_was_left_out_is_said() -> None:
    found = source(
        har(
            entry("http://shop.example/", "text/html", 301),
            entry("https://shop.example/", "text/html"),
            entry("https://shop.example/app.js?v=1", ""),
            entry("https://shop.example/logo", "image/png"),
            entry("https://shop.example/api/items"),
            entry("https://shop.example/api/gone", status=404),
            entry("https://shop.example/api/cut", status=0),
            entry("https://ads.example/x"),
            entry("wss://shop.example/socket"),
        ),
        "shop.har",
    )
    assert found.host == "https://shop.example"
    assert [call.name for call in found.calls] == ["/", "/api/items"]
    assert found.notices == [
        "Left out: 3 requests to other hosts, 2 requests for parts of pages (images, scripts), 2 "
        "requests that failed."
    ]


def test_of_several_hosts_the_one_that_is_wanted() -> None:
    found = source(har(entry("https://a/", "text/html"), entry("https://b/x")), "f", "https://b")
    assert (found.host, [call.name for call in found.calls]) == ("https://b", ["/x"])


def test_forms_are_put_together_and_uploads_are_not() -> None:
    form = {
        "mimeType": "application/x-www-form-urlencoded",
        "params": [{"name": "a", "value": "1 2"}],
    }
    upload = {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "file"}]}
    one, two = source(
        har(
            entry("http://h/a", method="post", postData=form),
            entry("http://h/b", method="POST", postData=upload),
        ),
        "f",
    ).calls
    assert (one.method, one.data) == ("POST", "a=1+2")
    assert one.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert (two.data, two.guessed) == (None, ["a body of multipart/form-data"])


def test_a_password_that_is_left_out_is_said() -> None:
    body = {"mimeType": "application/json", "text": '{"password": "hunter22"}'}
    found = source(har(entry("http://h/a", method="POST", postData=body)), "f")
    assert "hunter22" not in repr(found)
    assert found.notices[0].startswith("1 request had a password or the like")


@pytest.mark.parametrize("found", [{}, [], None, {"log": []}, {"log": {"entries": {}}}, "log"])
def test_what_is_none_is_refused(found: Any) -> None:
    with pytest.raises(ConfigurationError, match="f is no recording"):
        source(found, "f")


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [None, 3, {}, {"request": {}}, {"request": {"url": 3, "method": "GET"}}],
        [entry("http://h/a", method="CONNECT")],
        [entry("http://h/a.png"), entry("http://h/b", status=500)],
        [entry("${variable}/a")],
    ],
)
def test_one_without_a_request_is_refused(entries: list[Any]) -> None:
    with pytest.raises(ConfigurationError, match="f has no request that a load test could send"):
        source(har(*entries), "f")


ODD = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "value", "text", "params", "mimeType", "content", "status"]),
            inner,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(path=st.text(), headers=ODD, body=ODD, response=ODD)
def test_whatever_it_holds_it_is_refused_or_python(
    path: str, headers: Any, body: Any, response: Any
) -> None:
    request = {"method": "POST", "url": f"http://h/{path}", "headers": headers, "postData": body}
    try:
        found = source(har({"request": request, "response": response}), "f")
    except ConfigurationError:
        return
    compile(locustfile(found, "http://h", writing=True), "locustfile.py", "exec")
