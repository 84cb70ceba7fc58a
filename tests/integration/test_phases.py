"""Phases of requests, as real Locust processes record them of both clients, before real servers."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fixtures import slow_phases, stores
from tests.fixtures.locusts import LISTENER, ORACLE, SCENARIOS, Seen, locusts
from tests.fixtures.slow_phases import BODY_S, HANDSHAKE_S, WAIT_S
from tests.fixtures.tls_servers import Authority

from swarmscope.store.question import Question

FILES = (SCENARIOS / "phases.py", ORACLE, LISTENER)
SHORT = ("--headless", "-u", "2", "-r", "10", "-t", "3", "--only-summary")
CLIENTS = ("Slow", "Fast")
WITH_PHASES = {"waits", "trickles", "closes", "outer", "inner"}


@dataclass(frozen=True)
class Played:
    """A run: what is stored of its requests' phases, what a witness saw, and what was logged."""

    phases: dict[str, dict[str, float]]
    witnessed: dict[tuple[str, str], Seen]
    log: str
    points: int
    tls: bool


@contextmanager
def play(folder: Path, context: ssl.SSLContext | None, **env: str) -> Iterator[Played]:
    with (
        slow_phases.serving(context) as url,
        stores.embedded(folder / "store") as store,
        locusts(folder, {**store.env, "PHASES_URL": url, **env}) as swarm,
    ):
        process = swarm.start(*SHORT, files=FILES)
        swarm.wait(process)
        (run,) = store.reader.ask(Question("runs")).records()
        rows = store.reader.ask(Question("phases", run["run"])).records()
        points = store.reader.ask(Question("points", run["run"])).records()
        written = sum(p["measurement"] == "locust_phases" for p in points)
        told = {row["name"]: row for row in rows}
        yield Played(told, swarm.witnessed(), swarm.log(process), written, context is not None)


@pytest.fixture(scope="module", params=["https", pytest.param("http", marks=pytest.mark.long)])
def played(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("phases")
    context = Authority.made(folder).context() if request.param == "https" else None
    with play(folder, context, SWARMSCOPE_PHASES="on") as run:
        yield run


@pytest.fixture
def of(played: Played) -> Callable[[str, str], dict[str, float]]:
    return lambda client, kind: played.phases[f"{client} {kind}"]


Of = Callable[[str, str], dict[str, float]]


@pytest.mark.parametrize("client", CLIENTS)
def test_what_the_server_thinks_about_is_waiting_and_a_slow_body_is_receiving(
    of: Of, client: str
) -> None:
    assert of(client, "waits")["waiting"] >= 1_000 * WAIT_S
    assert of(client, "trickles")["receiving"] >= 900 * BODY_S
    # However busy this machine is: what takes longest there takes the least here.
    assert of(client, "waits")["receiving"] < of(client, "trickles")["receiving"]
    assert of(client, "trickles")["waiting"] < of(client, "waits")["waiting"]


@pytest.mark.parametrize("client", CLIENTS)
def test_connections_are_counted_where_they_are_opened(played: Played, of: Of, client: str) -> None:
    # After an answer that closes, the next request opens one.
    assert of(client, "outer")["connections"] == of(client, "outer")["requests"]
    assert of(client, "inner")["connections"] == 0
    assert of(client, "inner")["connect"] == of(client, "inner")["tls"] == 0
    assert of(client, "outer")["connect"] > 0
    if played.tls:
        assert of(client, "outer")["tls"] >= 1_000 * HANDSHAKE_S
    else:
        assert of(client, "outer")["tls"] == 0


@pytest.mark.parametrize("client", CLIENTS)
def test_the_phases_of_an_endpoint_are_its_response_times(
    played: Played, of: Of, client: str
) -> None:
    for kind in WITH_PHASES:
        seen = played.witnessed[f"{client} {kind}", "GET"]
        found = of(client, kind)
        assert found["requests"] == len(seen.times)
        together = sum(found[phase] for phase in ("connect", "tls", "waiting", "receiving"))
        assert together == pytest.approx(sum(seen.times) / len(seen.times), rel=0.01)


def test_what_nobody_answered_and_what_others_fired_has_no_phases(played: Played) -> None:
    wanted = {f"{client} {kind}" for client in CLIENTS for kind in WITH_PHASES}
    assert played.phases.keys() == wanted | {"Aggregated"}
    # There were some.
    assert played.witnessed["Slow refused", "GET"].failures
    assert played.witnessed["Fast refused", "GET"].failures
    together = played.phases["Aggregated"]["requests"]
    assert together == sum(played.phases[name]["requests"] for name in wanted)


def test_a_session_with_an_adapter_of_the_user_s_own_goes_on_with_it(played: Played) -> None:
    made = sum(
        len(seen.times)
        for (name, _), seen in played.witnessed.items()
        if name.startswith("Slow") and name.split()[1] in WITH_PHASES
    )
    (sent,) = re.findall(r"own adapter sent (\d+)", played.log)
    # The end of the run cuts one off, or two where one is within another: sent, and no event tells.
    assert made <= int(sent) <= made + 2
    assert "Phases of" not in played.log


@pytest.mark.long
def test_nothing_is_recorded_that_nobody_asked_for(tmp_path: Path) -> None:
    with play(tmp_path, None) as run:
        assert (run.phases, run.points) == ({}, 0)
        assert run.witnessed["Slow waits", "GET"].times
