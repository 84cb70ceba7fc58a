// Runs with points in the range, that which was seen last first.
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_worker" and r._field == "requests_seen")
    |> last()
    |> group(columns: ["run"])
    |> max(column: "_time")
    |> group()
    |> sort(columns: ["_time"], desc: true)
    |> map(fn: (r) => ({_value: r.run}))
    // No id of ours has one of these, and in a query they would end the text that they stand in.
    |> filter(fn: (r) => r._value !~ /["\\$[:cntrl:]]/)
