import "array"

// How often a board of the run asks anew, one of what its picker offers: see `REFRESH_LIVE` and
// `REFRESH_OVER` in config.py. A run of more than an hour and a half is drawn in windows that are longer.
// While Grafana looks the run up, it has no times.
known = "${run_start}" =~ /^[0-9]+$/
began = if known then int(v: "${run_start}") else 0
ms = int(v: now()) / 1000000 - began
live = if known and ms > 5400000 then "1m" else "5s"

array.from(rows: [{_value: if "${run_end}" == "now" then live else "5m"}])
