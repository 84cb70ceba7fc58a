"""Stages in a file: in each of three notations, or refused with what to do about it."""

import sys
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.load import Stage, stages_from

_YAML = (
    "- {seconds: 60, users: 5, name: warm up}\n- {seconds: 9, users: 1, user_classes: [Buyer]}\n"
)
WRITTEN = {
    "stages.yaml": f"stages:\n{_YAML}",
    "bare.yml": _YAML,
    "stages.toml": '[[stages]]\nseconds = 60\nusers = 5\nname = "warm up"\n'
    '[[stages]]\nseconds = 9\nusers = 1\nuser_classes = ["Buyer"]\n',
    "stages.json": '[{"seconds": 60, "users": 5, "name": "warm up"}, '
    '{"seconds": 9, "users": 1, "user_classes": ["Buyer"]}]',
}


@pytest.mark.parametrize("name", WRITTEN)
def test_stages_are_read_in_each_notation(tmp_path: Path, name: str) -> None:
    if name.endswith(("yaml", "yml")):
        pytest.importorskip("yaml", reason="PyYAML is not installed")
    path = tmp_path / name
    path.write_text(WRITTEN[name])
    last = Stage(9, 1, 4, user_classes=["Buyer"])
    assert stages_from(path) == [Stage(60, 5, 5, "warm up"), last]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("no.json", None, "can't be read (No such file or directory). Nothing is started. Put it"),
        ("stages.txt", "", "has no ending that is known"),
        ("stages.json", "[{", "can't be read: Expecting property name"),
        ("stages.toml", "[[", "can't be read: "),
        ("stages.toml", "", "has no list of stages"),
        ("stages.json", '"none"', "has no list of stages"),
        ("stages.json", "[]", "has no stage with a user"),
        ("stages.json", "[7]", "has 7 as stage 1"),
        ("stages.json", '[{"seconds": 60}]', "as stage 1. Nothing is started. A stage has seconds"),
        ("stages.json", '[{"seconds": 60, "users": 5, "duration": 1}]', "as stage 1"),
        ("stages.json", '[{"seconds": 60, "users": -5}]', "has -5 users"),
        ("stages.json", '[{"seconds": 60, "users": 5, "spawn_rate": 0}]', "a spawn_rate of 0"),
        ("stages.json", '[{"seconds": 60, "users": 5, "spawn_rate": 1e9}]', "a spawn_rate of 1"),
        pytest.param(
            "stages.json",
            200_000 * "[",
            "can't be read: its parts lie too deep in each other.",
            id="deep",
        ),
        (
            "stages.json",
            '[{"seconds": 60, "users": 5, "user_classes": "Buyer"}]',
            "the user_classes 'Buyer'. Nothing is started. Give it a list of user classes or of",
        ),
    ],
)
def test_a_file_that_tells_of_no_test_is_refused(
    tmp_path: Path, name: str, content: str | None, told: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError) as refused:
        stages_from(path)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


def test_yaml_that_is_none_is_told_by_its_line(tmp_path: Path) -> None:
    pytest.importorskip("yaml", reason="PyYAML is not installed")
    path = tmp_path / "stages.yaml"
    path.write_text("stages:\n- {seconds: 60\n")
    with pytest.raises(ConfigurationError, match="line 3"):
        stages_from(path)


def test_without_pyyaml_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = tmp_path / "stages.yaml"
    path.write_text("stages: []\n")
    with pytest.raises(ConfigurationError, match="pip install pyyaml"):
        stages_from(path)
