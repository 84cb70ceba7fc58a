import "date"

// Grafana puts what was picked in the place of this; here it is everything.
worker = /.*/

// Whole seconds, never below the resolution: a shorter window would multiply a rate.
every = duration(v: (int(v: v.windowPeriod) + 999999999) / 1000000000 * 1000000000)

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_users" and r.run == "${run}")
    // The master writes target_count, not count: it isn't added up here.
    |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)
    |> aggregateWindow(every: every, fn: last, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                user_class: r.user_class,
                value: r._value,
            }),
    )
    |> group(columns: ["time", "user_class"])
    |> sum(column: "value")
    |> group()
    |> sort(columns: ["time", "user_class"])
