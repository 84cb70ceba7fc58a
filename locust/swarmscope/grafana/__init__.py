"""A Grafana of one's own: boards, alert rules and marks go there through its HTTP API.

`boards` and `rules.json` are links to what dashboards/ generates; the wheel has the files.
"""
