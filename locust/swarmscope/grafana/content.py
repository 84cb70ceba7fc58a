"""What is published: the boards and rules that came with the package."""

import copy
import hashlib
import json
from importlib.resources import files
from typing import Any

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings

Json = dict[str, Any]
DATA_SOURCE = "swarmscope-influxdb"
"""UID of the data source that the boards refer to."""
FOLDER = "swarmscope"
"""Title and UID of the boards' folder, where no other is wanted."""
_LIST = "swarmscope-runs"
"""UID of the board with the list of all runs."""
_MINUTES = "long = {}\n"
"""Where a board names the bucket of minutes, in the Flux of its variable."""
_STAMP = "swarmscope_published"
_RULE_KEYS = ("title", "condition", "data", "noDataState", "execErrState", "labels", "annotations")


def boards(bucket_long: str = schema.BUCKET_LONG) -> list[Json]:
    """Return the boards; they look for minutes in *bucket_long*, or nowhere if that is empty.

    Raises:
        ConfigurationError: this installation has none.

    """
    folder = files(__package__) / "boards"
    found = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    if not found:
        raise ConfigurationError(
            "This installation of swarmscope came without its boards.",
            remedy="Install the wheel anew, or run from a clone of the repository.",
        )
    # A text of Flux in a text of JSON.
    ours, theirs = (
        json.dumps(_MINUTES.format(json.dumps(name) if name else "v.defaultBucket"))[1:-1]
        for name in (schema.BUCKET_LONG, bucket_long)
    )
    texts = (file.read_text(encoding="utf-8") for file in found)
    return [json.loads(text.replace(ours, theirs)) for text in texts]


def minutes_of_all(bucket_long: str) -> str:
    """Return the Flux by which boards find where minutes are read, of all runs in a range.

    It answers with *bucket_long*, or with the data source's own bucket.
    """
    (flux,) = (
        variable["query"]["query"]
        for board in boards(bucket_long)
        if board["uid"] == _LIST
        for variable in board["templating"]["list"]
        if variable["name"] == "minutes"
    )
    return str(flux)


def rule_group() -> Json:
    """Return the group of alert rules, as Grafana reads it from a file."""
    text = (files(__package__) / "rules.json").read_text(encoding="utf-8")
    group: Json = json.loads(text)["groups"][0]
    return group


def data_source(settings: Settings) -> Json:
    """Return the data source for the InfluxDB that *settings* name."""
    source: Json = {
        "uid": DATA_SOURCE,
        "name": FOLDER,
        "type": "influxdb",
        "access": "proxy",
        "url": settings.url,
        "jsonData": {
            "version": "Flux",
            "organization": settings.org,
            "defaultBucket": settings.bucket,
            # Grafana never asks for shorter windows.
            "timeInterval": "1s",
            "tlsSkipVerify": not settings.verify_ssl,
        },
    }
    # A token can't be read back: its digest says whether it is still the same.
    source["jsonData"][_STAMP] = f"{_of_source(source)} {digest(settings.token)}"
    return {**source, "secureJsonData": {"token": settings.token}}


def source_stamps(source: Json) -> tuple[str, str]:
    """Return what *source* says it was published as, and what it is now."""
    stamp = str(source.get("jsonData", {}).get(_STAMP, ""))
    return stamp.partition(" ")[0], _of_source(source)


def same_source(one: Json, other: Json) -> bool:
    """Return whether two data sources are the same, tokens included."""
    stamps = [source.get("jsonData", {}).get(_STAMP) for source in (one, other)]
    return stamps[0] == stamps[1] and _of_source(one) == _of_source(other)


def _of_source(source: Json) -> str:
    options = {k: v for k, v in source.get("jsonData", {}).items() if k != _STAMP}
    return digest({"url": source.get("url"), "type": source.get("type"), "jsonData": options})


def stamped_rule(rule: Json, group: str, folder: str) -> Json:
    """Return *rule* as Grafana's API takes it, with a digest of what it is."""
    made = copy.deepcopy(rule) | {"ruleGroup": group, "folderUID": folder, "orgID": 1}
    made["annotations"][_STAMP] = of_rule(made)
    return made


def rule_stamps(rule: Json) -> tuple[str, str]:
    """Return what *rule* says it was published as, and what it is now."""
    return str((rule.get("annotations") or {}).get(_STAMP, "")), of_rule(rule)


def of_rule(rule: Json) -> str:
    """Return a digest of what people may change of a rule."""
    seen = {key: rule.get(key) for key in _RULE_KEYS}
    seen["annotations"] = {k: v for k, v in (rule.get("annotations") or {}).items() if k != _STAMP}
    # Grafana fills in what was left out.
    seen["data"] = [
        {k: v for k, v in asked.items() if k != "queryType" or v} for asked in rule["data"]
    ]
    seen["held"] = str(rule.get("for", "0s"))
    return digest(seen)


def stamped_board(board: Json) -> Json:
    """Return *board* as Grafana's API takes it, with a digest of what it is."""
    return {**board, "id": None, _STAMP: _of_board(board)}


def board_stamps(board: Json) -> tuple[str, str]:
    """Return what *board* says it was published as, and what it is now.

    A board that was saved in the browser has lost its digest there.
    """
    return str(board.get(_STAMP, "")), _of_board(board)


def _of_board(board: Json) -> str:
    # Grafana counts these itself.
    return digest({k: v for k, v in board.items() if k not in ("id", "version", _STAMP)})


def digest(value: object) -> str:
    """Return a short name of *value*: the same for the same content."""
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    # Grafana gives 1.0 back as 1.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
