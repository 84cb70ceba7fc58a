import "date"
import "strings"

// Grafana puts what was picked in the place of this; here it is everything.
host = /.*/

// include: windows_of_seconds

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "cpu" and r.cpu == "cpu-total" and r.host =~ host)
    |> filter(fn: (r) => r._field =~ /^usage_(user|nice|system|iowait|steal)$/)
    |> aggregateWindow(every: every, fn: mean, createEmpty: false, timeSrc: "_start")
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                host: r.host,
                role: if exists r.role then r.role else "",
                mode: strings.trimPrefix(v: r._field, prefix: "usage_"),
                value: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "host", "mode"])
