// What the master, or whoever did it all alone, says of the run so far.
summed_up = () =>
    from(bucket: summary)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_summary" and r.run == "${run}")
