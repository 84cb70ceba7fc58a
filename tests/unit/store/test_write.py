"""A few lines written to the store's server: what is asked for, and what is said of a refusal."""

import gzip
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.write import post, write_nothing

WHERE = {"org": ["o & p"], "bucket": ["b c"], "precision": ["ns"]}


def settings(url: str) -> Settings:
    return Settings(url=url, token="t", org="o & p", bucket="b c")


def test_lines_are_sent_compressed_to_the_bucket_with_the_token() -> None:
    heard: list[Heard] = []
    with answering({"/": Said(status=204)}, heard) as url:
        post(["m f=1 1", "é f=2 2"], settings(url), what="it", data="")
    (request,) = heard
    assert urlsplit(request.path).path == "/api/v2/write"
    assert parse_qs(urlsplit(request.path).query) == WHERE
    assert request.headers["Authorization"] == "Token t"
    assert request.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(request.body).decode() == "m f=1 1\né f=2 2"


def test_an_empty_write_asks_for_the_same_and_sends_nothing() -> None:
    heard: list[Heard] = []
    with answering({"/": Said(status=204)}, heard) as url:
        assert write_nothing(settings(url), "b c") == 204
    (request,) = heard
    assert parse_qs(urlsplit(request.path).query) == WHERE
    assert request.body == b""
    assert "Content-Encoding" not in request.headers


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429, 500, 503])
def test_a_refusal_is_told_with_its_status_and_the_store_s_words(status: int) -> None:
    with answering({"/": Said(b'{"message":"no such thing"}', status)}) as url:
        with pytest.raises(StoreUnreachableError) as caught:
            post(["m f=1"], settings(url), what="it", data="It is lost.")
        assert write_nothing(settings(url), "b c") == status
    assert f'refused it ({status}: {{"message":"no such thing"}}).' in caught.value.happened
    if status < 500:
        assert caught.value.data == "It is lost."
        assert "Check INFLUXDB_V2_" in caught.value.remedy
    else:
        assert caught.value.data == "Whether it is stored isn't known."
        assert caught.value.remedy.startswith("The same command again stores it")


def test_a_page_that_is_answered_instead_is_no_write() -> None:
    with (
        answering({"/": Said(b"<html>Log in</html>", 200)}) as url,
        pytest.raises(
            StoreUnreachableError, match="refused it \\(200: <html>Log in</html>\\)"
        ) as caught,
    ):
        post(["m f=1"], settings(url), what="it", data="It is lost.")
    assert caught.value.data == "It is lost."
    assert caught.value.remedy.endswith("correct INFLUXDB_V2_URL or --url.")


def test_of_an_answer_that_is_cut_off_nobody_knows_what_it_would_have_been() -> None:
    heard: list[Heard] = []
    with (
        answering({"/": Said(status=0)}, heard) as url,
        pytest.raises(StoreUnreachableError, match="was sent it and didn't answer") as caught,
    ):
        post(["m f=1"], settings(url), what="it", data="It is lost.", again="Do it again.")
    assert gzip.decompress(heard[0].body) == b"m f=1"
    assert caught.value.data == "Whether it is stored isn't known."
    assert caught.value.remedy == "Do it again."


def test_of_a_refusal_without_a_word_the_status_is_told_in_words() -> None:
    with (
        answering({"/": Said(status=502)}) as url,
        pytest.raises(StoreUnreachableError, match=r"refused it \(502: Bad Gateway\)"),
    ):
        post(["m f=1"], settings(url), what="it", data="")


def test_where_nothing_answers_no_status_is_made_up() -> None:
    nobody = Settings(url="http://127.0.0.1:9")
    with pytest.raises(StoreUnreachableError, match=r"Nothing answers at .* It is lost\."):
        post(["m f=1"], nobody, what="it", data="It is lost.")
    with pytest.raises(StoreUnreachableError, match="stopped answering"):
        write_nothing(nobody, "b")
