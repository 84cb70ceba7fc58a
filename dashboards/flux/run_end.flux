import "array"

// Until when the run goes on, ms since 1970: a board of one that still does goes on, too. Of none at all
// any time, as of its begin.
data = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: 0)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)

said = (event) =>
    length(
        arr:
            data(measurement: "locust_run", field: "message")
                |> filter(fn: (r) => r.event == event)
                |> group()
                |> findColumn(fn: (key) => true, column: "_time"),
    )
is_over = said(event: "stop") > 0 and said(event: "stop") >= said(event: "start")

signs =
    union(
        tables: [
            data(measurement: "locust_run", field: "message")
                |> filter(fn: (r) => r.event != "verdict")
                |> last()
                |> keep(columns: ["_time"]),
            data(measurement: "locust_worker", field: "requests_seen")
                |> last()
                |> keep(columns: ["_time"]),
        ],
    )
        |> group()
        |> max(column: "_time")
        |> map(
            fn: (r) =>
                ({
                    rank: 1,
                    _value:
                        if not is_over and int(v: now()) - int(v: r._time) < 60000000000 then
                            "now"
                        else
                            string(v: int(v: r._time) / 1000000 + 1000),
                }),
        )

union(
    tables: [
        signs,
        array.from(rows: [{rank: 2, _value: string(v: int(v: v.timeRangeStop) / 1000000)}]),
    ],
)
    |> sort(columns: ["rank"])
    |> limit(n: 1)
    |> keep(columns: ["_value"])
