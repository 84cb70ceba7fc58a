import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded.
// include: recorded_windows

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_users" and r.run == "${run}")
    // The master writes target_count, not count: it isn't added up here.
    |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)
    |> aggregateWindow(every: every, fn: last, createEmpty: false, timeSrc: "_start")
    // Windows of windows add up the workers: to group rows by their time takes ten times as long.
    |> group(columns: ["user_class"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                user_class: r.user_class,
                value: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "user_class"])
