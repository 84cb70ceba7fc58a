import "date"
import "math"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
endpoint = /^Aggregated$/
worker = /.*/
resolution = 1s

// Where the points are: boards read a range of many hours by minutes.
bucket = v.defaultBucket

// Whole multiples of the windows that were recorded.
step = int(v: resolution)
every = duration(v: (int(v: v.windowPeriod) + step - 1) / step * step)

// Twelve of the recorded buckets together: ten rows for a factor of ten. The recorded bounds are
// 1.02^i ms, and every twelfth is a bound of ours.
ratio = 1.02
together = 12.0

from(bucket: bucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_latency" and r.run == "${run}")
    |> filter(fn: (r) => r.name =~ endpoint and r.worker =~ worker)
    // The storage engine adds up the seconds of each series; adding up the workers there as well would
    // make it hand out every point.
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> group(columns: ["_field"])
    |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
    |> filter(fn: (r) => r._value > 0)
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                rank:
                    math.ceil(
                        x:
                            math.round(x: math.log(x: float(v: r._field)) / math.log(x: ratio))
                                /
                                together,
                    ),
                value: r._value,
            }),
    )
    |> group(columns: ["time", "rank"])
    |> sum(column: "value")
    |> group()
    |> map(
        fn: (r) =>
            ({time: r.time, bound: math.pow(x: ratio, y: r.rank * together), value: r.value}),
    )
    |> sort(columns: ["time", "bound"])
