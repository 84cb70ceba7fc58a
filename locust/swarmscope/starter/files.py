"""The files of a starter folder, as texts: templates/, with what differs."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from swarmscope.starter.credentials import Credential
from swarmscope.starter.locustfile import locustfile
from swarmscope.starter.source import DEMO, DEMO_HOST, Source

_LOCAL = {"localhost", "127.0.0.1", "::1"}
_GET_IN = """
The service may want to know who asks: put {needed} into `.env`, for CI into
the repository's secrets. Nothing of that kind was written down.
"""
_FROM_CONTAINERS = """\
Workers reach what runs on this machine as `host.docker.internal`, if it listens on more than
127.0.0.1.
"""
_STACKS_SHOP = "`http://shop:8080` is the stack's own demo shop.\n"
_START_SHOP = """\
In a terminal, the demo shop; leave it out once LOCUST_HOST is a service of yours:

    python -m swarmscope.demo.shop

"""


class _Text(Template):
    """A template whose fields begin with a sign that neither shells nor workflows know."""

    delimiter = "~"


@dataclass(frozen=True)
class Place:
    """Where a starter folder is, and the workflow that runs it."""

    folder: Path
    root: Path
    """The repository's root, where GitHub looks for workflows; the folder itself without one."""

    @classmethod
    def of(cls, folder: Path) -> "Place":
        """Return the place of *folder*, in the repository around it if there is one."""
        folder = folder.absolute()
        around = (one for one in (folder, *folder.parents) if (one / ".git").exists())
        return cls(folder, next(around, folder))

    @property
    def test(self) -> str:
        """Return the test's name, after the folder, in signs that every file here takes."""
        return re.sub(r"[^A-Za-z0-9._-]+", "-", self.folder.name).strip("-.") or "load-test"

    @property
    def inside(self) -> str:
        """Return the folder as seen from the root."""
        return self.folder.relative_to(self.root).as_posix()

    @property
    def workflow(self) -> Path:
        """Return the workflow's file."""
        return self.root / ".github" / "workflows" / f"{self.test}.yml"


def contents(source: Source, host: str, place: Place, *, writing: bool = False) -> dict[Path, str]:
    """Return each file to write, and what is in it."""
    folder, credentials = place.folder, source.credentials
    is_demo = source is DEMO and host == DEMO_HOST
    return {
        folder / "locustfile.py": locustfile(source, host, writing=writing),
        folder / "README.md": _readme(place, host, credentials, is_demo=is_demo),
        folder / "thresholds.yaml": _text("thresholds.yaml", test=place.test),
        folder / ".env": _text(
            "env",
            host=host,
            test=place.test,
            credentials="".join(f"\n#{name}=" for name in _variables(credentials)),
        ),
        folder / ".gitignore": _text("gitignore"),
        folder / "compose.override.yml": _text(
            "compose.override.yml",
            variables="\n".join(f"  {name}:" for name in _variables(credentials)) or "  {}",
        ),
        place.workflow: _workflow(place, host, credentials, is_demo=is_demo),
    }


def _text(template: str, **fields: str) -> str:
    read = files("swarmscope.starter").joinpath("templates", template)
    return _Text(read.read_text(encoding="utf-8")).substitute(fields)


def _variables(credentials: Sequence[Credential]) -> list[str]:
    return list(dict.fromkeys(credential.variable for credential in credentials))


def _readme(place: Place, host: str, credentials: Sequence[Credential], *, is_demo: bool) -> str:
    needed = ", ".join(f"`{one}`" for one in _variables(credentials))
    return _text(
        "README.md",
        test=place.test,
        workflow=f".github/workflows/{place.workflow.name}",
        target=_START_SHOP if is_demo else "",
        credentials=_GET_IN.format(needed=needed) if needed else "",
        exports="".join(f"    export {name}=…\n" for name in _variables(credentials)),
        stack_host="http://shop:8080" if is_demo else _from_containers(host),
        stack_note=_STACKS_SHOP if is_demo else _FROM_CONTAINERS,
    )


def _from_containers(host: str) -> str:
    split = urlsplit(host)
    if split.hostname not in _LOCAL:
        return host
    port = f":{split.port}" if split.port else ""
    return split._replace(netloc=f"host.docker.internal{port}").geturl()


def _workflow(place: Place, host: str, credentials: Sequence[Credential], *, is_demo: bool) -> str:
    secrets = [f"  {name}: ${{{{ secrets.{name} }}}}\n" for name in _variables(credentials)]
    return _text(
        "workflow.yml",
        test=place.test,
        host=host,
        # A text of JSON is one of YAML.
        folder=json.dumps(place.inside),
        credentials="".join(secrets),
        shop=_text("shop_step.yml") if is_demo else "",
    )
