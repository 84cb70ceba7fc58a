import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Grafana puts the one field that a panel draws in the place of this; here it is every one.
drawn = /.*/

// Whole multiples of the windows that were recorded.
// include: recorded_windows

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
    |> filter(fn: (r) => r.worker != "master" and r.worker =~ worker)
    |> filter(fn: (r) => r._field =~ drawn)
    |> filter(
        fn: (r) =>
            r._field =~ /^(requests_(pending|lost|rejected)|points_(written|retried)|spool_bytes)$/,
    )
    // Totals since the run began: of each window the last.
    |> aggregateWindow(every: every, fn: last, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                worker: r.worker,
                field: r._field,
                value: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "worker", "field"])
