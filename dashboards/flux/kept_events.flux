// What somebody noted, also longer ago than the seconds reach.
kept_in = v.defaultBucket
noted = (bucket) =>
    from(bucket: bucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "event" and r._field == "text")
        |> map(
            fn: (r) =>
                ({time: r._time, kind: if exists r.kind then r.kind else "", text: r._value}),
        )

union(tables: [noted(bucket: v.defaultBucket), noted(bucket: kept_in)])
    // Both have what is new.
    |> group(columns: ["time", "kind", "text"])
    |> limit(n: 1)
    |> group()
    |> sort(columns: ["time", "kind"])
