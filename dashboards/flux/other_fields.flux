import "types"

// Grafana puts what was picked in its place.
other_measurement = /.*/

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement =~ other_measurement)
    |> filter(fn: (r) => types.isNumeric(v: r._value))
    |> last()
    |> map(fn: (r) => ({_value: r._field}))
    |> group()
    |> distinct()
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
    |> sort()
