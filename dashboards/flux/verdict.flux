import "array"

// What the thresholds of the run came to, whenever somebody judged it last.
judged =
    from(bucket: v.defaultBucket)
        |> range(start: time(v: 0))
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
        |> filter(fn: (r) => r.event == "verdict" and r._field == "message")
        |> last()
        |> group()
        |> map(fn: (r) => ({rank: 0, g_verdict: r._value}))
nobody =
    array.from(
        rows: [
            {
                rank: 1,
                // Of a run that goes on it may still come.
                g_verdict: if "${run_end}" == "now" then "not yet" else "not judged",
            },
        ],
    )

union(tables: [judged, nobody])
    |> group()
    |> sort(columns: ["rank"])
    |> limit(n: 1)
    |> drop(columns: ["rank"])
