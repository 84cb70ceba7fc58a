// With their roles; the variable's expression takes the name out of the text.
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle")
    |> filter(fn: (r) => r.cpu == "cpu-total")
    |> last()
    |> group()
    |> map(fn: (r) => ({_value: r.host + " (" + (if exists r.role then r.role else "other") + ")"}))
    |> distinct()
    // Control characters have no place in the expression that it is written out in.
    |> filter(fn: (r) => r._value !~ /[[:cntrl:]]/)
    |> sort()
