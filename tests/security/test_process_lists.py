"""Whoever may list the processes of this machine sees their arguments: no secret is among them."""

from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

BY_ENVIRONMENT = {
    "SWARMSCOPE_WEB_USERNAME": "ada",
    "SWARMSCOPE_WEB_PASSWORD": "first-s3cret",
    "SWARMSCOPE_WEB_COOKIE": "session=second-s3cret",
    "INFLUXDB_V2_TOKEN": "third-s3cret",
}
TARGETS = {
    "up": ("LOCUST_HOST=http://x",),
    "run": ("USERS=1",),
    "scale": ("WORKERS=2",),
    "status": (),
    "logs": (),
    "cli": ("ARGS=runs",),
    "enroll": ("HOST=web-1",),
    "revoke": ("HOST=web-1",),
    "rotate-tokens": (),
    "backup": ("FILE=x.tar.gz",),
    "down": (),
}


@pytest.mark.parametrize("target", TARGETS)
def test_no_process_of_make_has_a_secret_among_its_arguments(tmp_path: Path, target: str) -> None:
    alone = MakeAlone(tmp_path, {"run": ("", 0)}, looking=True)
    (alone.folder / "secrets").mkdir()
    (alone.folder / "secrets/influxdb-operator-token").write_text("fourth-s3cret")
    (alone.folder / ".env").write_text("SWARMSCOPE_WEB_PASSWORD=fifth-s3cret\n")
    done = alone.run(target, *TARGETS[target], **BY_ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    seen = [line for call in alone.calls() for line in call.processes]
    # It looked: make itself is among them.
    assert [line for line in seen if line.startswith(f"make --no-print-directory {target}")]
    assert not [line for line in seen if "s3cret" in line]
    assert "s3cret" not in done.stdout + done.stderr
