"""`swarmscope dashboards publish`: what it says it did, and what it did."""

from tests.fixtures import fake_grafana
from tests.fixtures.commands import Command
from tests.fixtures.ports import free_port

from swarmscope.errors import ExitCode


def test_where_no_grafana_is_named_it_says_how_to_name_one(command: Command) -> None:
    done = command("dashboards", "publish")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "No Grafana is named. Where it is says GRAFANA_URL or --grafana" in done.err


def test_a_dry_run_says_what_would_change_and_writes_nothing(command: Command) -> None:
    with fake_grafana.serving() as grafana:
        done = command("dashboards", "publish", "--dry-run", GRAFANA_URL=grafana.url)
        assert grafana.written == []
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out.splitlines()[-1] == "Nothing was written."


def test_each_step_is_told_and_the_second_time_nothing_changes(command: Command) -> None:
    with fake_grafana.serving() as grafana:
        first = command("dashboards", "publish", "--grafana", grafana.url)
        written = len(grafana.written)
        again = command("dashboards", "publish", "--grafana", grafana.url, "--no-data-source")
        assert len(grafana.written) == written
    assert (first.code, again.code) == (ExitCode.FINE, ExitCode.FINE)
    said = f"Grafana at {grafana.url} has the boards of this version."
    steps, found = first.out.split(f"{said}\n")
    assert len(steps.splitlines()) == written
    assert again.out.endswith(f"{said}\n{found}")
    assert "data source" in steps
    assert "data source" not in again.out


def test_a_grafana_that_is_away_is_its_own_exit_code(command: Command) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = command("dashboards", "publish", GRAFANA_URL=nowhere)
    assert (done.code, done.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert nowhere in done.err


def test_an_address_that_is_none_is_refused(command: Command) -> None:
    done = command("dashboards", "publish", "--grafana", "grafana")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "'grafana' is not the address of a Grafana" in done.err
