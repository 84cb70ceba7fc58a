import "array"

// Grafana puts what was picked, and the length of endpoints' spans, in the place of these; here it is
// everything, and a second.
worker = /.*/
spans = 1s

// include: believed

// What is drawn of all workers together: what the master merged of them, or else their own points.
told_until =
    newest(bucket: v.defaultBucket, measurement: "locust_merged_stats", start: v.timeRangeStart)
merged = (bucket, start, told, late) => {
    own = newest(bucket: bucket, measurement: "locust_stats", start: start)
    grace = if live then late else 0
    until = told - grace

    return
        told > 0 and own - told <= grace and counted(
                bucket: bucket,
                measurement: "locust_merged_stats",
                start: start,
                until: until,
            ) >= counted(bucket: bucket, measurement: "locust_stats", start: start, until: until)
}

// Endpoints come in messages of their own, of which one can be lost alone: in whole spans they must have
// as many requests as all together. Whole is also the one in which the run begins, whose point stands
// there: a short run has no other.
endpoints = () => {
    span = int(v: spans)
    begin = int(v: v.timeRangeStart)
    before =
        counted(
            bucket: v.defaultBucket,
            measurement: "locust_stats",
            start: time(v: begin / span * span),
            until: begin - 1,
        )
    from_span = if before == 0 then begin else (begin + span - 1) / span * span
    until_span = (if live then told_until - 2 * span else told_until + span) / span * span
    counts =
        from(bucket: v.defaultBucket)
            |> range(
                start: time(v: from_span),
                stop: time(v: if until_span > from_span then until_span else from_span + 1),
            )
            |> filter(fn: (r) => r._measurement == "locust_merged_stats" and r.run == "${run}")
            |> filter(fn: (r) => r.name != "Aggregated" and r._field == "count")
            |> group()
            |> sum()
            |> findColumn(fn: (key) => true, column: "_value")
    own =
        counted(
            bucket: v.defaultBucket,
            measurement: "locust_stats",
            start: time(v: from_span),
            until: until_span - 1,
        )

    return until_span <= from_span or (if length(arr: counts) > 0 then counts[0] else 0) >= own
}

// Seconds may have been deleted by now, and minutes needn't be there.
seconds =
    seconds_until == 0 and has_minutes or merged(
            bucket: v.defaultBucket,
            start: v.timeRangeStart,
            told: told_until,
            late: 10 * second,
        ) and endpoints()
minutes =
    not has_minutes or merged(
            bucket: "${minutes}",
            start: first_minute,
            told:
                newest(
                    bucket: "${minutes}",
                    measurement: "locust_merged_stats",
                    start: first_minute,
                ),
            late: minute,
        )

array.from(
    rows: [{_value: if speaks_for_all and seconds and minutes then "locust_merged" else "locust"}],
)
