import "date"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded: a shorter one would multiply a rate.
// include: recorded_windows

// The windows that are drawn: boards put whole ones in the place of these.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop

from(bucket: v.defaultBucket)
    |> range(start: drawn_from, stop: drawn_to)
    |> filter(fn: (r) => r._measurement == "locust_arrivals" and r.run == "${run}")
    |> filter(fn: (r) => r._field =~ /^(due|dropped|late)$/ and r.worker =~ worker)
    // The storage engine adds up user classes and workers.
    |> group(columns: ["_field"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                outcome: r._field,
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
                iterations: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "outcome"])
