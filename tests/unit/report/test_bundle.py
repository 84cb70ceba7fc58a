"""The page as one file."""

import json
import re

from swarmscope.report.bundle import bundle

PLOTLY = "/* the chart library */"


def test_a_report_refers_to_nothing_outside_itself() -> None:
    page = bundle({}, title="a run", plotly=PLOTLY)
    assert "/static/" not in page
    assert not re.search(r'\b(?:src|href)="(?!data:)', page)
    assert not re.search(r"^(?:import|export) ", page, re.MULTILINE)
    assert PLOTLY in page


def test_modules_that_share_a_scope_declare_each_name_once() -> None:
    page = bundle({}, title="a run", plotly=PLOTLY)
    declared = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", page, re.MULTILINE)
    assert {name for name in declared if declared.count(name) > 1} == set()
    assert {"start", "Chart", "warnings"} <= set(declared)


def test_embedded_text_cannot_end_its_script() -> None:
    hostile = "</script><script>alert(1)</script><!-- \u2028 &amp;"
    page = bundle({"run": hostile}, title=hostile, plotly=PLOTLY)
    assert "<script>alert" not in page
    data = page.split('id="embedded">')[1].split("</script>")[0]
    assert json.loads(data) == {"run": hostile}
    assert "\u2028" not in data
