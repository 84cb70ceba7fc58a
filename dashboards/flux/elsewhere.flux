import "array"

// Where the board's time range has nothing of its run, a way to it.
// While Grafana looks the run up, it has no times.
known = "${run_start}" =~ /^[0-9]+$/ and "${run_end}" =~ /^([0-9]+|now)$/
begin = if known then int(v: "${run_start}") else 0
end =
    if known and "${run_end}" != "now" then
        int(v: "${run_end}")
    else
        int(v: now()) / 1000000

array.from(
    rows: [
        {
            e_elsewhere:
                "Run ${run} went on at another time than this board shows: click here to go there",
        },
    ],
)
    |> filter(fn: (r) => known and "${run}" != "" and "${run}" != "(none)")
    |> filter(
        fn: (r) =>
            begin * 1000000 > int(v: v.timeRangeStop) or end * 1000000 < int(v: v.timeRangeStart),
    )
