import "date"

// Grafana puts what was picked in the place of this; here it is everything.
host = /.*/

// include: windows_of_seconds

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "disk" and r._field == "used_percent")
    |> filter(fn: (r) => r.host =~ host)
    |> aggregateWindow(every: every, fn: last, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                host: r.host,
                role: if exists r.role then r.role else "",
                path: r.path,
                value: r._value,
            }),
    )
    // The same file system mounted twice is two series of one path.
    |> group(columns: ["time", "host", "role", "path"])
    |> max(column: "value")
    |> group()
    |> sort(columns: ["time", "host", "path"])
