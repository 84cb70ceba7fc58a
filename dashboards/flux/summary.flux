import "array"

// Grafana puts what was picked, and the length of endpoints' spans, in the place of these; here it is
// everything, and a second.
worker = /.*/
spans = 1s

// include: believed

// The bucket with a summary of all that the range has of the run, or nothing. Whoever sees a part of
// the run, or picked a worker, is told what the points themselves say.
whole = (bucket, start) => {
    earlier =
        aggregated(bucket: bucket, measurement: "locust_stats", start: time(v: 0), stop: start)
            |> first()
            |> findColumn(fn: (key) => true, column: "_time")

    return length(arr: earlier) == 0
}

// Of all endpoints at that moment: of what was written, a part can be missing.
summed = (bucket, at) => {
    counts =
        from(bucket: bucket)
            |> range(start: time(v: at), stop: time(v: at + 1))
            |> filter(fn: (r) => r._measurement == "locust_summary" and r.run == "${run}")
            |> filter(fn: (r) => r.name != "Aggregated" and r._field == "count")
            |> group()
            |> sum()
            |> findColumn(fn: (key) => true, column: "_value")

    return if length(arr: counts) > 0 then counts[0] else 0
}
summarised = (bucket, start, own) => {
    told = newest(bucket: bucket, measurement: "locust_summary", start: v.timeRangeStart)
    grace = if live then 10 * second + 2 * int(v: spans) else 0

    return
        own > 0 and told > 0 and own - told <= grace and whole(bucket: bucket, start: start)
            and
            summed(bucket: bucket, at: told) >= counted(
                bucket: bucket,
                measurement: "locust_stats",
                start: start,
                until: told,
            )
}
minutes_until =
    if has_minutes then
        newest(bucket: "${minutes}", measurement: "locust_stats", start: first_minute)
    else
        0

array.from(
    rows: [
        {
            _value:
                if not speaks_for_all then
                    "(none)"
                else if summarised(
                        bucket: v.defaultBucket,
                        start: v.timeRangeStart,
                        own: seconds_until,
                    ) then
                    v.defaultBucket
                else if seconds_until == 0 and has_minutes and summarised(
                            bucket: "${minutes}",
                            start: first_minute,
                            own: minutes_until,
                        ) then
                    "${minutes}"
                else
                    "(none)",
        },
    ],
)
