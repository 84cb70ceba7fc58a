// What the master, or whoever did it all alone, said last of the run: each time of all endpoints. At one
// moment they are one table; the last of each series would be as many tables as there are series.
summary_points = (start, stop) =>
    from(bucket: summary)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == "locust_summary" and r.run == "${run}")
summed_up = () => {
    times =
        summary_points(start: v.timeRangeStart, stop: v.timeRangeStop)
            |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
            |> last()
            |> findColumn(fn: (key) => true, column: "_time")
    at = int(v: if length(arr: times) > 0 then times[0] else v.timeRangeStart)

    return summary_points(start: time(v: at), stop: time(v: at + 1))
}
