import "array"

// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// include: believed

// What is drawn of all workers together: what the master merged of them, or else their own points.
merged = (bucket, start, late) => {
    own = newest(bucket: bucket, measurement: "locust_stats", start: start)
    told = newest(bucket: bucket, measurement: "locust_merged_stats", start: start)
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

// Seconds may have been deleted by now, and minutes needn't be there.
seconds =
    seconds_until == 0 and has_minutes or merged(
            bucket: v.defaultBucket,
            start: v.timeRangeStart,
            late: 10 * second,
        )
minutes = not has_minutes or merged(bucket: "${minutes}", start: first_minute, late: minute)

array.from(
    rows: [{_value: if everybody and seconds and minutes then "locust_merged" else "locust"}],
)
