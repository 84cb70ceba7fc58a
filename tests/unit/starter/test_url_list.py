"""Lists of URLs: what a line may be, and that another is named with its number."""

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.starter.url_list import source


def test_urls_paths_methods_and_comments() -> None:
    found = source("\ufeff".strip("\ufeff") + "# ours\n\nhttps://h/a\n/b \n POST  /c\n", "f.txt")
    assert [(call.method, call.name) for call in found.calls] == [
        ("GET", "/a"),
        ("GET", "/b"),
        ("POST", "/c"),
    ]
    assert found.host == "https://h"


def test_paths_alone_have_no_host() -> None:
    assert source("/a", "f").host == ""


@pytest.mark.parametrize(
    "line", ["shop.example", "get /a", "/a /b", "ftp://h/a", "FETCH /a", "POST", "http://h:x/"]
)
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        source(f"/a\n{line}\n", "f.txt")
    assert f"f.txt has {line!r} in line 2, which is no URL. Nothing was written." in str(
        caught.value
    )


def test_two_hosts_are_two_tests() -> None:
    with pytest.raises(ConfigurationError, match="of https://a, and in line 3 one of https://b"):
        source("https://a/\n/x\nhttps://b/\n", "f")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n"])
def test_a_list_without_a_url_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="f has no URL"):
        source(text, "f")
