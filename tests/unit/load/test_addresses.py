"""Addresses, and what lies below them."""

import pytest

from swarmscope.load.addresses import address_of, below, moved


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("http://shop:8000", "http://shop:8000"),
        ("http://shop:8000/", "http://shop:8000"),
        ("https://me:secret@shop/v1/", "https://shop/v1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("", ""),
    ],
)
def test_an_address_is_what_stands_in_front_of_a_path(host: str, address: str) -> None:
    assert address_of(host) == address


@pytest.mark.parametrize(
    ("url", "rest"),
    [
        ("http://shop:8000/v1/items?page=2#top", "/items?page=2#top"),
        ("http://SHOP:8000/v1", ""),
        ("http://shop:8000/v1?page=2", "?page=2"),
        ("http://shop:8000/v10/items", None),
        ("http://shop:8000/items", None),
        ("https://shop:8000/v1/items", None),
        ("http://shop:80001/v1/items", None),
        ("http://shop/v1/items", None),
        ("/v1/items", None),
    ],
)
def test_what_is_below_an_address_is_not_what_begins_alike(url: str, rest: str | None) -> None:
    assert below(url, "http://shop:8000/v1") == rest


def test_what_is_below_one_address_is_moved_below_another() -> None:
    assert moved("http://a/v1/items?p=1", "http://a/v1", "http://b/v2") == "http://b/v2/items?p=1"
    assert moved("http://a", "http://a", "http://b") == "http://b"
    assert moved("http://c/items", "http://a", "http://b") is None
