import "array"
import "regexp"
import "strings"

// The limits of schema/limits.py.
cpu_limit = 90.0
lag_limit = 100.0

// A window is ten seconds, or a thousandth of a long range: host metrics come less often than workers'.
thousandth = (int(v: v.timeRangeStop) - int(v: v.timeRangeStart)) / 1000
every = duration(v: if thousandth > 10000000000 then thousandth else 10000000000)

// Functions, so that each use is a read of its own, which the storage engine can narrow down.
health = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)
machines = (measurement, field) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r._field == field)

late =
    health(field: "loop_lag_ms")
        |> filter(fn: (r) => r._value > lag_limit and exists r.host)
        |> group(columns: ["host"])
        |> aggregateWindow(every: every, fn: count, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) => ({_time: r._time, host: r.host, _field: "late", _value: float(v: r._value)}),
        )

// An expression is pushed down to the storage engine, a list is not.
names =
    late
        |> group()
        |> distinct(column: "host")
        |> findColumn(fn: (key) => true, column: "_value")
affected =
    regexp.compile(
        v:
            "^(" + strings.joinStr(
                    arr: array.map(arr: names, fn: (x) => regexp.quoteMeta(v: x)),
                    v: "|",
                ) + ")$",
    )

crews =
    health(field: "cpu_percent")
        |> filter(fn: (r) => r.host =~ affected)
        |> aggregateWindow(every: every, fn: mean, createEmpty: false, timeSrc: "_start")
        |> group(columns: ["host"])
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
        |> map(fn: (r) => ({_time: r._time, host: r.host, _field: "workers", _value: r._value}))

used =
    machines(measurement: "cpu", field: "usage_idle")
        |> filter(fn: (r) => r.cpu == "cpu-total" and r.host =~ affected)
        |> group(columns: ["host"])
        |> aggregateWindow(every: every, fn: mean, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) => ({_time: r._time, host: r.host, _field: "used", _value: 100.0 - r._value}),
        )

// A row of its own, before all windows.
sizes =
    machines(measurement: "system", field: "n_cpus")
        |> filter(fn: (r) => r.host =~ affected)
        |> group(columns: ["host"])
        |> max()
        |> map(
            fn: (r) =>
                ({
                    _time: time(v: 0),
                    host: r.host,
                    _field: "processors",
                    _value: float(v: r._value),
                }),
        )

union(tables: [late, crews, used, sizes])
    |> group(columns: ["host"])
    |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
    |> map(
        fn: (r) =>
            ({
                host: r.host,
                late: if exists r.late then int(v: r.late) else 0,
                known: exists r.used,
                used: if exists r.used then r.used else 0.0,
                workers: if exists r.workers then r.workers else 0.0,
                processors: if exists r.processors then r.processors else 0.0,
            }),
    )
    |> reduce(
        identity: {
            late: 0,
            measured: 0,
            full: 0,
            used: 0.0,
            workers: 0.0,
            processors: 0.0,
        },
        fn: (r, accumulator) =>
            ({
                late: accumulator.late + r.late,
                measured: accumulator.measured + (if r.known then r.late else 0),
                full: accumulator.full + (if r.used > cpu_limit then r.late else 0),
                used: accumulator.used + r.used * float(v: r.late),
                workers:
                    accumulator.workers + (if r.known then r.workers * float(v: r.late) else 0.0),
                processors:
                    if r.processors > accumulator.processors then
                        r.processors
                    else
                        accumulator.processors,
            }),
    )
    |> group()
    |> filter(fn: (r) => r.late > 0)
    |> map(
        fn: (r) =>
            ({
                host: r.host,
                late: r.late,
                measured: r.measured,
                full: r.full,
                cpu_percent: if r.measured > 0 then r.used / float(v: r.measured) else 0.0,
                workers_percent: if r.measured > 0 then r.workers / float(v: r.measured) else 0.0,
                processors: r.processors,
            }),
    )
    |> sort(columns: ["host"])
