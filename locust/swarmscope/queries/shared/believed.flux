// How many requests the workers say there were, and how many the master: whatever the master wrote of
// all of them together is believed where it has as many, and has not fallen silent.
aggregated = (bucket, measurement, start, stop) =>
    from(bucket: bucket)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")

newest = (bucket, measurement, start) => {
    times =
        aggregated(bucket: bucket, measurement: measurement, start: start, stop: v.timeRangeStop)
            |> last()
            |> group()
            |> max(column: "_time")
            |> findColumn(fn: (key) => true, column: "_time")

    return if length(arr: times) > 0 then int(v: times[0]) else 0
}

// Up to a moment, and with it.
counted = (bucket, measurement, start, until) => {
    counts =
        aggregated(
            bucket: bucket,
            measurement: measurement,
            start: start,
            stop: time(v: if until < int(v: start) then int(v: start) + 1 else until + 1),
        )
            |> group()
            |> sum()
            |> findColumn(fn: (key) => true, column: "_value")

    return if length(arr: counts) > 0 then counts[0] else 0
}

second = 1000000000
seconds_until =
    newest(bucket: v.defaultBucket, measurement: "locust_stats", start: v.timeRangeStart)

// How often masters said that it began, or that it is over.
said = (event) =>
    length(
        arr:
            from(bucket: v.defaultBucket)
                |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
                |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
                |> filter(fn: (r) => r.event == event and r._field == "message")
                |> group()
                |> findColumn(fn: (key) => true, column: "_time"),
    )

// Of a run that goes on, the newest is still on its way, to the master as to the store; of one that is
// over nothing may be missing.
live = seconds_until > int(v: now()) - 60 * second and said(event: "stop") == 0

// No worker is called that: it is all of them that are picked. Of two masters of one run each tells what
// its own workers had.
speaks_for_all = "everybody" =~ worker and said(event: "start") < 2

// Minutes begin before the range.
minute = 60 * second
first_minute = time(v: int(v: v.timeRangeStart) / minute * minute)
has_minutes = "${minutes}" != v.defaultBucket
