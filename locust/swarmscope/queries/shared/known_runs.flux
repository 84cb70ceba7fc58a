// Runs of which there is anything. From the index, and so of a few days more than the range.
known_runs =
    schema.tagValues(
        bucket: v.defaultBucket,
        tag: "run",
        predicate: (r) =>
            r._measurement == "locust_run" or r._measurement == "locust_stats" or r._measurement
                ==
                "locust_worker",
        start: v.timeRangeStart,
        stop: v.timeRangeStop,
    )
