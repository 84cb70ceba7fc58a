import "date"
import "regexp"
import "strings"

// Grafana puts what was picked, and the length of the windows that were recorded, in the place of
// these; here it is everything, and a second.
worker = /.*/
resolution = 1s

// Whole multiples of the windows that were recorded: a shorter one would multiply a rate.
// include: recorded_windows

// The windows that are drawn: boards put whole ones in the place of these.
drawn_from = v.timeRangeStart
drawn_to = v.timeRangeStop

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = () =>
    from(bucket: v.defaultBucket)
        |> range(start: drawn_from, stop: drawn_to)
        |> filter(fn: (r) => r._measurement == "locust_exception_stats" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "count" and r.worker =~ worker)

// A kind is one row of the table of failures.
kind = [
    "name",
    "method",
    "status",
    "exception",
    "reason",
]

// A failure without an answer has no status, and no tag for it.
told = (tables=<-) =>
    tables
        |> map(
            fn: (r) =>
                ({r with method: if exists r.method then r.method else "",
                    status: if exists r.status then r.status else "",
                    exception: if exists r.exception then r.exception else "",
                    reason: if exists r.reason then r.reason else "",
                }),
        )
together = (r) =>
    strings.joinStr(
        arr: [
            r.name,
            r.method,
            r.status,
            r.exception,
            r.reason,
        ],
        v: " ",
    )

// The ten kinds with the most failures.
most =
    data()
        |> group(columns: kind)
        |> sum()
        |> told()
        |> group()
        |> map(fn: (r) => ({r with fewer: -r._value}))
        |> sort(
            columns: [
                "fewer",
                "name",
                "method",
                "status",
                "exception",
                "reason",
            ],
        )
        |> limit(n: 10)
        |> map(fn: (r) => ({_value: together(r: r), name: r.name}))
listed = most |> findColumn(fn: (key) => true, column: "_value")
names =
    most
        |> map(fn: (r) => ({_value: regexp.quoteMeta(v: r.name)}))
        |> findColumn(fn: (key) => true, column: "_value")

// The storage engine leaves out all other endpoints by it: to look at each row of theirs takes longer.
named = regexp.compile(v: "^(" + strings.joinStr(arr: names, v: "|") + ")$")

// Of each series by the storage engine, then added up in windows once more: to group rows by their
// time costs ten times as much.
windows = (tables=<-) =>
    tables
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")
added = (tables=<-) =>
    tables
        |> aggregateWindow(every: every, fn: sum, createEmpty: false, timeSrc: "_start")

each =
    data()
        |> filter(fn: (r) => r.name =~ named)
        |> windows()
        |> group(columns: kind)
        |> added()
        |> told()
        |> filter(fn: (r) => contains(set: listed, value: together(r: r)))

// Of all what is left without those: to look at each of the others again takes longer.
others =
    union(
        tables: [
            data()
                |> windows()
                |> keep(columns: ["_start", "_stop", "_time", "_value"]),
            each
                |> map(fn: (r) => ({r with _value: -r._value}))
                |> drop(columns: kind),
        ],
    )
        |> group()
        |> added()
        |> filter(fn: (r) => r._value > 0)
        |> map(
            fn: (r) =>
                ({r with
                    name: "(others)",
                    method: "",
                    status: "",
                    exception: "",
                    reason: "",
                }),
        )

union(tables: [each, others])
    |> map(
        fn: (r) =>
            ({
                time: date.truncate(t: r._time, unit: every),
                name: r.name,
                method: r.method,
                status: r.status,
                exception: r.exception,
                reason: r.reason,
                value: float(v: r._value) * 1000000000.0 / float(v: int(v: every)),
            }),
    )
    |> group()
    |> sort(
        columns: [
            "time",
            "name",
            "method",
            "status",
            "exception",
            "reason",
        ],
    )
