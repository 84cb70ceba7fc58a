import "date"

// Grafana puts what was picked in the place of this; here it is everything.
host = /.*/

// include: windows_of_seconds

from(bucket: v.defaultBucket)
    // One window earlier, so that the first one has a value to grow from.
    |> range(start: date.sub(d: every, from: v.timeRangeStart), stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "net" and r.host =~ host)
    |> filter(fn: (r) => r._field == "bytes_recv" or r._field == "bytes_sent")
    // include: counter_rates
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                host: r.host,
                role: if exists r.role then r.role else "",
                interface: r.interface,
                direction: if r._field == "bytes_recv" then "received" else "sent",
                value: r._value,
            }),
    )
    |> group()
    |> sort(columns: ["time", "host", "interface", "direction"])
