"""Bringing a Grafana to what the package has: folder, data source, boards, alert rules.

First everything is looked at, then everything is written: where somebody changed one of ours by
hand, nothing is written at all, unless it is wanted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grafana_client import GrafanaApi
from grafana_client.client import GrafanaClientError

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.grafana import content
from swarmscope.grafana.connection import Place, absent, connect, explained
from swarmscope.grafana.content import Json
from swarmscope.settings import Settings
from swarmscope.terminal import one_line

SOURCE = "data source"
"""What a step with one is called."""
_MESSAGE = "swarmscope dashboards publish"
"""Stands in a board's history beside each version that we save."""


class State(StrEnum):
    """How something in Grafana stands to ours."""

    NEW = "new"
    SAME = "unchanged"
    OLD = "updated"
    EDITED = "changed by hand"


@dataclass(frozen=True)
class Step:
    """One thing to publish."""

    kind: str
    name: str
    state: State
    write: Callable[[], Any]

    def __str__(self) -> str:
        return one_line(f"{self.kind} {self.name}")


@dataclass(frozen=True)
class Wanted:
    """What shall be published, and where to."""

    folder: str = content.FOLDER
    alerts: bool = False
    source: Settings | None = None
    """The store of the data source; none: there is one already."""
    bucket_long: str = schema.BUCKET_LONG
    """Where the boards look for minutes; empty: none are written."""
    force: bool = False
    dry_run: bool = False


def publish(place: Place, wanted: Wanted) -> list[Step]:
    """Bring the Grafana at *place* to what is *wanted*; return what was found there.

    Raises:
        ConfigurationError: somebody changed one of ours by hand, and *wanted* has no force.
        GrafanaError: Grafana doesn't answer, or refuses us.

    """
    api = connect(place)
    with explained(place, "Nothing was published."):
        folder = _folder(api, wanted.folder)
        steps = list(_steps(api, wanted, folder))
    edited = [str(step) for step in steps if step.state is State.EDITED]
    if edited and not wanted.force:
        raise ConfigurationError(
            f"Changed by hand in Grafana at {place.shown}: {'; '.join(edited)}.",
            data="Nothing was published.",
            remedy="Keep these changes as a copy (Save as), or overwrite them with --force.",
        )
    if not wanted.dry_run:
        with explained(place, "A part may be published; the same command again does the rest."):
            for step in steps:
                if step.state is not State.SAME:
                    step.write()
    return steps


def _steps(api: GrafanaApi, wanted: Wanted, folder: tuple[str, State]) -> Iterator[Step]:
    uid, state = folder
    yield Step("folder", wanted.folder, state, lambda: api.folder.create_folder(wanted.folder, uid))
    if wanted.source:
        yield _data_source(api, content.data_source(wanted.source))
    for board in content.boards(wanted.bucket_long):
        yield _board(api, board, uid)
    if wanted.alerts:
        yield _rules(api, content.rule_group(), uid)


def _folder(api: GrafanaApi, title: str) -> tuple[str, State]:
    for folder in api.folder.get_all_folders():
        if title in (folder["title"], folder["uid"]):
            return folder["uid"], State.SAME
    uid = "".join(c if c.isalnum() and c.isascii() else "-" for c in title.lower())[:40]
    return uid, State.NEW


def _data_source(api: GrafanaApi, source: Json) -> Step:
    there = _or_none(lambda: api.datasource.get_datasource_by_uid(source["uid"]))
    kind, name = SOURCE, source["name"]
    if there is None:
        return Step(kind, name, State.NEW, lambda: api.datasource.create_datasource(source))
    if there.get("readOnly"):
        raise _provisioned(kind)
    published, now = content.source_stamps(there)
    state = State.OLD if published == now else State.EDITED
    if content.same_source(source, there):
        state = State.SAME
    return Step(
        kind,
        there["name"],
        state,
        # Its name stays what people call it.
        lambda: api.datasource.update_datasource_by_uid(
            source["uid"], source | {"name": there["name"]}
        ),
    )


def _board(api: GrafanaApi, board: Json, folder: str) -> Step:
    ours = content.stamped_board(board)
    there = _or_none(lambda: api.dashboard.get_dashboard(board["uid"]))
    state = State.NEW
    if there:
        if there["meta"].get("provisioned"):
            raise _provisioned(f"board {board['title']}")
        published, now = content.board_stamps(there["dashboard"])
        state = State.OLD if published == now else State.EDITED
        if now == content.board_stamps(ours)[0]:
            state = State.SAME if there["meta"].get("folderUid") == folder else State.OLD
    save = {"dashboard": ours, "folderUid": folder, "overwrite": True, "message": _MESSAGE}
    return Step("board", board["title"], state, lambda: api.dashboard.update_dashboard(save))


def _rules(api: GrafanaApi, group: Json, folder: str) -> Step:
    name = group["name"]
    new = {
        "title": name,
        "folderUid": folder,
        "interval": _seconds(group["interval"]),
        "rules": [content.stamped_rule(rule, name, folder) for rule in group["rules"]],
    }
    there = _or_none(lambda: api.alertingprovisioning.get_rule_group(folder, name))
    rules = there.get("rules") or [] if there else []
    stamps = {rule["uid"]: content.rule_stamps(rule) for rule in rules}
    ours = {rule["uid"]: content.rule_stamps(rule)[0] for rule in new["rules"]}
    if not rules:
        state = State.NEW
    elif any(rule.get("provenance") == "file" for rule in rules):
        raise _provisioned(f"alert rules {name}")
    elif any(published != now for published, now in stamps.values()):
        state = State.EDITED
    else:
        state = State.SAME if {k: v[1] for k, v in stamps.items()} == ours else State.OLD
    return Step(
        "alert rules",
        name,
        state,
        # Without provenance they stay editable in Grafana: thresholds are a team's own.
        lambda: api.alertingprovisioning.update_rule_group(
            folder, name, new, disable_provenance=True
        ),
    )


def _seconds(duration: str) -> int:
    return int(duration.removesuffix("s"))


def _or_none(ask: Callable[[], Json]) -> Json | None:
    try:
        return ask()
    except GrafanaClientError as error:
        if absent(error):
            return None
        raise


def _provisioned(what: str) -> ConfigurationError:
    return ConfigurationError(
        f"This Grafana takes its {what} from files of its own.",
        data="Nothing was published.",
        remedy="Change those files; Grafana reads them again by itself, or when it starts.",
    )
