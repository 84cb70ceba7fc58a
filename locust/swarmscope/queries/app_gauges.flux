import "date"

// What of them a panel draws stands in the place of this; here it is everything.
drawn = /.*/

// include: windows_of_seconds

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "app_gauges" and r._field =~ drawn)
    |> group(columns: ["service", "_field"])
    |> aggregateWindow(every: every, fn: mean, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                service: if exists r.service then r.service else "",
                gauge: r._field,
                value: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "service", "gauge"])
