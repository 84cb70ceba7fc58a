import "array"

// Up to when all is stored of a run that goes on, ms since 1970: a window that ends later still lacks
// something, and looks like a drop of the load. With a worker's newest point comes all that it counted
// before. Who has finished isn't waited for, and nobody who falls so far behind the others. Of a run that
// is over, or whose workers all have finished, it's the end of all times.
goes_on = "${run_end}" == "now"

// For how long a worker is heard of, how much longer than its pace it is waited for, and when a run is
// settled of which none speaks: those of store/watermark.py.
heard = 60s
waited_ms = 3000
settled_ms = 2000
newest = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: -heard)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r._field == field)
        |> last()

finished =
    newest(field: "final")
        |> map(fn: (r) => ({worker: r.worker, said: string(v: r._value)}))
        |> filter(fn: (r) => r.said == "true")
        |> group()
        |> findColumn(fn: (key) => true, column: "worker")
told =
    newest(field: "requests_seen")
        |> filter(fn: (r) => goes_on and not contains(value: r.worker, set: finished))
        |> group()
        |> map(fn: (r) => ({at: int(v: r._time) / 1000000}))

workers = length(arr: told |> findColumn(fn: (key) => true, column: "at"))
pace = if workers > 200 then 10 else if workers > 20 then (workers + 19) / 20 else 1
newest_of_all = told |> max(column: "at") |> findColumn(fn: (key) => true, column: "at")
patience = waited_ms + 1000 * pace
oldest = if length(arr: newest_of_all) > 0 then newest_of_all[0] - patience else 0

// A run of which no worker speaks is as far as it has settled.
union(
    tables: [
        told
            |> filter(fn: (r) => r.at >= oldest)
            |> min(column: "at")
            |> map(fn: (r) => ({rank: 1, _value: r.at})),
        array.from(
            rows: [
                {
                    rank: 2,
                    _value:
                        if goes_on and length(arr: finished) == 0 then
                            int(v: now()) / 1000000 - settled_ms
                        else
                            9000000000000,
                },
            ],
        ),
    ],
)
    |> sort(columns: ["rank"])
    |> limit(n: 1)
    |> keep(columns: ["_value"])
