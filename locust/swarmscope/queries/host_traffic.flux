import "date"

// Grafana puts what was picked in the place of this; here it is everything.
host = /.*/

// Whole seconds, never below the resolution: a shorter window would multiply a rate.
every = duration(v: (int(v: v.windowPeriod) + 999999999) / 1000000000 * 1000000000)

from(bucket: v.defaultBucket)
    // One window earlier, so that the first one has a value to grow from.
    |> range(start: date.sub(d: every, from: v.timeRangeStart), stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "net" and r.host =~ host)
    |> filter(fn: (r) => r._field == "bytes_recv" or r._field == "bytes_sent")
    // Bridges and tunnels carry the same bytes again, and the loopback none that leave: what
    // looks like hardware is added up.
    |> filter(
        fn:
            (r) =>
                r.interface
                    !~
                    /^(all$|br-|cali|cilium|cni|docker|dummy|flannel|ifb|kube|lo$|lo[0-9]|lxc|tap|tun|utun|veth|virbr|vmnet|wg)/,
    )
    // Each window's last point, with its own time: the rate is the growth since the last point of
    // the window before. A counter that went backwards (a reboot) gives none.
    |> window(every: every)
    |> last()
    |> window(every: inf)
    |> derivative(unit: 1s, nonNegative: true)
    |> filter(fn: (r) => exists r._value and r._time >= v.timeRangeStart)
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
