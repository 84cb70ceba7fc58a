"""The file of --from: each kind by its ending, and what can't be read with its reason."""

import json
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.starter.reading import read

OPENAPI = """openapi: 3.0.0
info: {title: Shop, version: '1'}
paths: {/x: {get: {responses: {'200': {description: fine}}}}}
"""
HAR = json.dumps({"log": {"entries": [{"request": {"method": "GET", "url": "http://h/x"}}]}})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", OPENAPI),
        ("a.YML", OPENAPI),
        ("a.json", json.dumps({"openapi": "3.0.0", "paths": {"/x": {"get": {}}}})),
        ("a.har", "\ufeff" + HAR),
        ("a.json", HAR),
        ("a.txt", "/x"),
    ],
)
def test_each_kind_is_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [call.paths[0] for call in read(path).calls] == ["/x"]


BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.py", b"", "is of no kind that init reads"),
        ("a", b"/x", "is of no kind that init reads"),
        ("a.json", b"{", "is no JSON (Expecting"),
        ("a.har", b"", "is no JSON"),
        ("a.json", b"[" * 100_000, "is no JSON"),
        ("a.yaml", b"a: [", "is no YAML"),
        ("a.yaml", b"a: 2026-99-99", "is no YAML"),
        ("a.yaml", b"!!python/object/apply:os.system [id]", "is no YAML"),
        ("a.yaml", BOMB.encode(), "stands for more values"),
        ("a.yaml", b"a: &a [*a]", "stands for more values"),
        ("a.yaml", b"just words", "is no OpenAPI 3 or Swagger 2"),
        ("a.txt", b"\xff\xfe", "is no text in UTF-8"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, name: str, text: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(text)
    with pytest.raises(ConfigurationError) as caught:
        read(path)
    assert says in str(caught.value)
    assert name in str(caught.value)
    assert "Nothing was written." in str(caught.value)


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read(tmp_path / "a.har")
    (tmp_path / "b.yaml").mkdir()
    with pytest.raises(ConfigurationError, match="is no regular file"):
        read(tmp_path / "b.yaml")


def test_an_address_is_to_be_downloaded_first() -> None:
    with pytest.raises(ConfigurationError, match="init reads files"):
        read(Path("https://shop.example/openapi.json"))
