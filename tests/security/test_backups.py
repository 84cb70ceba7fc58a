"""Backup, restore and clean on the host: nothing is lost on the way, and no file is another's."""

import signal
from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

STAGED = {"archive check": ("", 0), "archive stage": ("", 0), "archive swap": ("", 0)}


def jobs(alone: MakeAlone) -> list[str]:
    """Return what of docker's calls changes something, in their order."""
    words = ("check", "stage", "swap", "pack", "stop", "down", "up")
    calls = (call.arguments for call in alone.calls())
    return [next(w for w in words if w in call) for call in calls if set(words) & set(call)]


def restored(folder: Path, answers: dict[str, tuple[str, int]]) -> MakeAlone:
    alone = MakeAlone(folder, {**answers, **{k: v for k, v in STAGED.items() if k not in answers}})
    (alone.folder / "b.tar.gz").write_bytes(b"x")
    done = alone.run("restore", "FILE=b.tar.gz", YES="1")
    assert (done.returncode == 0) == (not answers)
    return alone


def test_the_stack_is_stopped_when_all_of_the_archive_lies_beside_its_data(tmp_path: Path) -> None:
    assert jobs(restored(tmp_path, {}))[:4] == ["check", "stage", "down", "swap"]


@pytest.mark.parametrize("code", [1, 2, 137])
def test_an_archive_that_is_refused_stops_nothing(tmp_path: Path, code: int) -> None:
    assert jobs(restored(tmp_path / "a", {"archive check": ("", code)})) == ["check"]
    assert jobs(restored(tmp_path / "b", {"archive stage": ("", code)})) == ["check", "stage"]


def interrupting(alone: MakeAlone, call: str, number: int) -> None:
    """Have the script asked to end, as by Ctrl-C, while docker does *call*."""
    docker = alone.folder.parent / "tools/docker"
    meanwhile = f"if {call!r} in sys.argv:\n    os.kill(os.getppid(), {int(number)})\n"
    docker.write_text(docker.read_text().replace("said =", f"{meanwhile}said =", 1))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("check", "Nothing was changed"),
        ("stage", "Nothing was changed"),
        ("down", "The stack may be stopped, and its data is as it was"),
        ("swap", "all as it was, or all that of b.tar.gz"),
    ],
)
def test_a_restore_that_is_interrupted_says_what_became_of_the_data(
    tmp_path: Path, call: str, told: str, number: int
) -> None:
    alone = MakeAlone(tmp_path, STAGED)
    (alone.folder / "b.tar.gz").write_bytes(b"x")
    interrupting(alone, call, number)
    done = alone.run("restore", "FILE=b.tar.gz", YES="1")
    assert done.returncode != 0
    assert told in done.stderr
    assert jobs(alone)[-1] == call


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_backup_that_is_interrupted_starts_again_what_it_stopped(
    tmp_path: Path, number: int
) -> None:
    alone = MakeAlone(
        tmp_path, {"ps --services": ("influxdb\ngrafana", 0), "archive pack": ("the secrets", 0)}
    )
    interrupting(alone, "pack", number)
    assert alone.run("backup").returncode != 0
    assert jobs(alone) == ["stop", "pack", "up"]
    assert alone.last()[-2:] == ("influxdb", "grafana")
    assert not list((alone.folder / "backups").iterdir())


def test_the_first_to_read_an_archive_is_nobody(tmp_path: Path) -> None:
    alone = restored(tmp_path, {})
    calls = (call.arguments for call in alone.calls())
    (first,) = (words for words in calls if words[-2:] == ("archive", "check"))
    assert first[first.index("--user") + 1] == "65534:65534"


def test_whoever_says_no_changes_nothing(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, STAGED)
    (alone.folder / "b.tar.gz").write_bytes(b"x")
    assert alone.run("restore", "FILE=b.tar.gz", stdin="n\n").returncode != 0
    assert jobs(alone) == ["check"]


def test_a_stack_with_a_name_is_restored_into_secrets_of_its_own(tmp_path: Path) -> None:
    """Also before it was ever up here, and nothing has written its settings."""
    alone = MakeAlone(tmp_path, STAGED)
    (alone.folder / "b.tar.gz").write_bytes(b"x")
    assert alone.run("restore", "FILE=b.tar.gz", "NAME=second", YES="1").returncode == 0
    folders = {call.env.get("SECRETS_DIR") for call in alone.calls() if "archive" in call.arguments}
    assert folders == {"./secrets/second"}
    assert (alone.folder / "secrets/second").stat().st_mode & 0o777 == 0o700


def test_the_name_of_an_archive_does_not_steer_the_terminal(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"archive check": ("", 2)})
    names = ("a\x1b[2Jb", "a\x9b2Jb", "a\x1b]0;x\x07b", "a\rb")
    for name in names:
        (alone.folder / name).write_bytes(b"x")
        for there in (name, f"{name}-not-there"):
            said = alone.run("restore", f"FILE={there}", YES="1").stderr
            assert said.replace("\n", "").isprintable(), ascii(said)


def packing(folder: Path, *, code: int = 0) -> MakeAlone:
    return MakeAlone(folder, {"archive pack": ("the secrets", code)})


def test_a_backup_is_for_its_owner_alone(tmp_path: Path) -> None:
    alone = packing(tmp_path)
    assert alone.run("backup").returncode == 0
    (made,) = (alone.folder / "backups").iterdir()
    assert made.read_text() == "the secrets\n"
    assert made.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_written_through_nobody_else_s_file(tmp_path: Path) -> None:
    """In a folder that others write to, where they made its name, or the next to it, a link."""
    alone = packing(tmp_path)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "b.tar.gz.part").symlink_to(victim)
    assert alone.run("backup", f"FILE={shared / 'b.tar.gz'}").returncode == 0
    assert victim.read_text() == "mine"
    (shared / "c.tar.gz").symlink_to(tmp_path / "elsewhere")
    done = alone.run("backup", f"FILE={shared / 'c.tar.gz'}")
    assert done.returncode != 0
    assert "is there already" in done.stderr
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("trap", ["mkdir({file!r})", "symlink({folder!r}, {file!r})"])
def test_a_backup_does_not_end_up_in_a_folder_that_somebody_made_meanwhile(
    tmp_path: Path, trap: str
) -> None:
    """The name of what is being written tells him the one that it will have."""
    alone = packing(tmp_path)
    shared = tmp_path / "shared"
    (shared / "his").mkdir(parents=True)
    file = shared / "b.tar.gz"
    trap = trap.format(file=str(file), folder=str(shared / "his"))
    docker = tmp_path / "tools" / "docker"
    meanwhile = f"if 'pack' in sys.argv:\n    os.{trap}\n"
    docker.write_text(docker.read_text().replace("said =", f"{meanwhile}said =", 1))
    done = alone.run("backup", f"FILE={file}")
    assert done.returncode != 0
    assert not list((shared / "his").iterdir())
    assert not list(file.iterdir())
    (made,) = shared.glob("b.tar.gz.*")
    assert made.read_text() == "the secrets\n"
    assert f"That is {made}, which holds" in done.stderr


def test_a_backup_that_fails_leaves_no_secret_behind(tmp_path: Path) -> None:
    alone = packing(tmp_path, code=1)
    assert alone.run("backup").returncode != 0
    assert not list((alone.folder / "backups").iterdir())


def cleaned(alone: MakeAlone, answer: str = "y") -> str:
    for name in ("grafana-password", "gateway/key.pem", "enrolled/web-1/telegraf.conf"):
        (alone.folder / "secrets" / name).parent.mkdir(parents=True, exist_ok=True)
        (alone.folder / "secrets" / name).write_text("s3cret")
    (alone.folder / "secrets/second").mkdir()
    (alone.folder / "secrets/second/grafana-password").write_text("of another stack")
    (alone.folder / "secrets/.gitignore").write_text("*")
    (alone.folder / "backups").mkdir()
    (alone.folder / "backups/one.tar.gz").write_text("secrets")
    (alone.folder / ".env").write_text("SWARMSCOPE_WEB_PASSWORD=s3cret\n")
    done = alone.run("clean", stdin=f"{answer}\n")
    assert done.returncode == 0, done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    return done.stderr


def secrets(alone: MakeAlone) -> set[str]:
    return {name for name in alone.files() if name.startswith("secrets/")}


OTHERS = {"secrets/second/grafana-password", "secrets/.gitignore"}


@pytest.mark.parametrize("volumes", ["swarmscope_influxdb-data", ""])
def test_clean_removes_the_stack_s_secrets_and_names_what_holds_them_still(
    tmp_path: Path, volumes: str
) -> None:
    alone = MakeAlone(tmp_path, {"volume ls": (volumes, 0)})
    said = cleaned(alone)
    assert "    backups/one.tar.gz" in said.splitlines()
    assert ".env, with the login" in said
    assert secrets(alone) == OTHERS
    assert ("down" in jobs(alone)) == bool(volumes)


def test_clean_of_a_stack_with_a_name_leaves_the_others_secrets(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"volume ls": ("second_influxdb-data", 0)})
    (alone.folder / "secrets/second").mkdir(parents=True)
    (alone.folder / "secrets/second/grafana-password").write_text("s3cret")
    (alone.folder / "secrets/grafana-password").write_text("of the first")
    assert alone.run("clean", "NAME=second", stdin="y\n").returncode == 0
    assert secrets(alone) == {"secrets/grafana-password"}


def test_clean_keeps_the_secrets_of_data_that_it_can_t_see(tmp_path: Path) -> None:
    """Without them InfluxDB's volume would be locked for good."""
    for answer, told in (("y", ("", 1)), ("n", ("swarmscope_influxdb-data", 0))):
        alone = MakeAlone(tmp_path / answer, {"volume ls": told})
        cleaned(alone, answer)
        assert len(secrets(alone)) == 5
