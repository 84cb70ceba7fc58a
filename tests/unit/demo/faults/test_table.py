"""Faults by name and size, and what is said of one that there isn't."""

import re

import pytest
from tests.fixtures.compose import ROOT

from swarmscope.demo.faults.table import FAULTS, parse
from swarmscope.errors import ConfigurationError, ExitCode

PAGE = (ROOT / "docs" / "demo-shop.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_a_size_of_its_own_and_takes_another_within_its_bounds(name: str) -> None:
    fault = FAULTS[name]
    assert fault.least < fault.usual < fault.most
    assert parse(name).size == fault.usual
    for size in (fault.least, fault.most):
        assert parse(f"{name}:{size:g}").size == size
    assert str(parse(f"{name}:{fault.most:g}")) == f"{name}:{fault.most:g}"


@pytest.mark.parametrize("text", ["nonsense", "", "Cliff", "cliff,lock", ":5", "off"])
def test_a_name_that_is_none_is_said_with_all_that_there_are(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    assert caught.value.exit_code is ExitCode.WRONG_USAGE
    assert f"FAULT is {text!r}" in str(caught.value)
    assert "Nothing was started" in str(caught.value)
    assert all(name in caught.value.remedy for name in FAULTS)
    assert "To begin without any: FAULT=; to end what is on: make shop FAULT=off" in str(
        caught.value
    )


@pytest.mark.parametrize("size", ["", "much", "0", "-1", "nan", "inf", "1e9"])
def test_a_size_that_is_none_is_said_with_those_that_are(size: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(f"cliff:{size}")
    assert f"{size!r} is no size" in str(caught.value)
    assert "from 0.1 to 60 s" in caught.value.remedy


def test_the_page_about_the_shop_has_each_fault_as_the_table_has_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d.,]+) (.+?) \| (.+?) \|", PAGE, re.MULTILINE)
    assert {name: (size.replace(",", ""), unit) for name, size, unit, _ in rows} == {
        fault.name: (f"{fault.usual:g}", fault.unit) for fault in FAULTS.values()
    }
