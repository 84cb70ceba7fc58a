from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_baseline")
    |> last()
    |> group()
    |> pivot(rowKey: ["baseline", "run", "_time"], columnKey: ["_field"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                baseline: r.baseline,
                run: r.run,
                time: r._time,
                test: if exists r.test then r.test else "",
                commit: if exists r.commit then r.commit else "",
                environment: if exists r.environment then r.environment else "",
                locustfile_hash: if exists r.locustfile_hash then r.locustfile_hash else "",
                load: if exists r.load then r.load else "",
                anyway: if exists r.anyway then r.anyway else "",
            }),
    )
    |> sort(columns: ["baseline", "time", "run"])
