"""Templates of URLs: one name for all requests of a kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.recording.naming import template


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/item/8731", "/item/[id]"),
        ("/item/8731/reviews/4", "/item/[id]/reviews/[id]"),
        ("/user/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/user/[id]"),
        ("/user/3F2504E04F8911D39A0C0305E82C3301/cart", "/user/[id]/cart"),
        ("/commit/9fceb02d0ae5", "/commit/[id]"),
        ("/doc/507f1f77bcf86cd799439011", "/doc/[id]"),
        ("/order/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/order/[id]"),
        ("/t/dQw4w9WgXcQ-aB_cD12E", "/t/[id]"),
        ("/item/8731.json", "/item/[id].json"),
        ("/item/sku-20017", "/item/sku-[id]"),
        ("/2026-01-31/news", "/[date]/news"),
        ("/user/bob@example.org", "/user/[email]"),
        ("/search?q=red+shoes&page=2&debug", "/search?q=[value]&page=[value]&debug"),
        ("/a;jsessionid=8A7B?x=1", "/a;jsessionid=[value]?x=[value]"),
        ("/page#part-3", "/page"),
        ("https://shop.example:8443/item/1?x=2", "https://shop.example:8443/item/[id]?x=[value]"),
        ("?q=1", "?q=[value]"),
    ],
)
def test_what_differs_becomes_a_placeholder(url: str, name: str):
    assert template(url) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/",
        "/v2/products",
        "/oauth2/login",
        "/checkout/step-2",
        "/facade/decade",
        "/a-long-but-plain-name-of-a-page",
        "/static/app.min.js",
        "/item/[id]?x=[value]",
        "Add to cart 3",
        "item/8731",
    ],
)
def test_what_does_not_differ_stays(name: str):
    assert template(name) == name


@given(st.text(alphabet=st.sampled_from("/?=&;#.-_:@%[]aZf09 ü\n"), max_size=60) | st.text())
def test_a_template_is_its_own_template(text: str):
    assert template(template("/" + text)) == template("/" + text)


def test_a_million_items_have_one_name():
    assert len({template(f"/item/{i}/reviews?page={i % 7}") for i in range(1_000)}) == 1
