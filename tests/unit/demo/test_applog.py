"""The shop's log: what a collector reads, and never more than a disk can hold."""

import json
from pathlib import Path

from swarmscope.demo import applog


def test_a_line_is_one_json_object_with_what_a_collector_needs(tmp_path: Path) -> None:
    with applog.writer(tmp_path / "logs/shop.log") as write:
        write("error", "GET /x 500", 500, 12.34)
    (line,) = (tmp_path / "logs/shop.log").read_text().splitlines()
    read = json.loads(line)
    assert read.pop("time").endswith("+00:00")
    assert read.pop("host")
    assert read == {
        "level": "error",
        "service": "shop",
        "message": "GET /x 500",
        "status": 500,
        "duration_ms": 12.3,
    }


def test_a_full_file_begins_anew_and_keeps_one_older(tmp_path: Path) -> None:
    with applog.writer(tmp_path / "shop.log", max_bytes=1_000) as write:
        for n in range(50):
            write("info", f"GET /{n} 200", 200, 1.0)
    files = {path.name: path for path in tmp_path.iterdir()}
    assert set(files) == {"shop.log", "shop.log.1"}
    assert all(path.stat().st_size <= 1_000 for path in files.values())
    newest = json.loads(files["shop.log"].read_text().splitlines()[-1])
    assert newest["message"] == "GET /49 200"
