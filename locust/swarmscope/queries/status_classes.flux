import "date"
import "strings"

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
    |> filter(fn: (r) => r._measurement == "locust_status" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)
    // The storage engine adds up endpoints and workers; of codes there are few.
    |> group(columns: ["status"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                class:
                    if r.status =~ /^[0-9]/ then
                        strings.substring(v: r.status, start: 0, end: 1) + "xx"
                    else
                        r.status,
                _value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group(columns: ["time", "class"])
    |> sum()
    |> group()
    |> rename(columns: {_value: "value"})
    |> sort(columns: ["time", "class"])
