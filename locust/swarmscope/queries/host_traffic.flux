import "date"

// Grafana puts what was picked in the place of this; here it is everything.
host = /.*/

// include: windows_of_seconds

from(bucket: v.defaultBucket)
    // One window earlier, so that the first one has a value to grow from.
    |> range(start: date.sub(d: every, from: v.timeRangeStart), stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "net" and r.host =~ host)
    |> filter(fn: (r) => r._field == "bytes_recv" or r._field == "bytes_sent")
    // include: network_cards
    // include: counter_rates
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                host: r.host,
                role: if exists r.role then r.role else "",
                direction: if r._field == "bytes_recv" then "received" else "sent",
                value: r._value,
            }),
    )
    |> group(columns: ["time", "host", "role", "direction"])
    |> sum(column: "value")
    |> group()
    |> sort(columns: ["time", "host", "direction"])
