// Runs that are counted from their points: who asks puts those in its place of which no summary
// tells (shared/counted_runs.flux). Here it is all of them.
unsummarised = /.*/

// What is picked of them: here it is everything. "(none)" are those about which nobody said anything.
test = /.*/
label = /.*/
one_of = (text, of) => (if exists text and text != "" then text else "(none)") =~ of

// From when on summaries are read: who asks for the newest alone puts a later moment in its place.
told_since = v.timeRangeStart

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run =~ unsummarised)

summarised =
    from(bucket: v.defaultBucket)
        |> range(start: told_since, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run_summary")
        |> filter(fn: (r) => r.run !~ unsummarised)
        |> filter(
            fn:
                (r) =>
                    r._field
                        =~
                        /^(test|start|stop|host|users|count|num_failures|workers|user_errors|last|label|description|resolution)$/,
        )
        // One table for each field: numbers and texts can't be in one column.
        |> group(columns: ["_field"])
        |> keep(columns: ["run", "_field", "_value"])
        |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
        |> group()
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    test: if exists r.test then r.test else "",
                    start: time(v: r.start * 1000000),
                    stop: time(v: r.stop * 1000000),
                    target: r.host,
                    users: r.users,
                    requests: r.count,
                    failures: r.num_failures,
                    workers: r.workers,
                    user_errors: r.user_errors,
                    last: time(v: r.last * 1000000),
                    label: if exists r.label then r.label else "",
                    description: if exists r.description then r.description else "",
                    resolution: r.resolution,
                }),
        )

events = () => data(measurement: "locust_run")

stats = (field) =>
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == field)

// All in whole numbers, times too, so that they can stand in one table.
number = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({run: r.run, key: key, _value: int(v: r._value)}))

moment = (tables=<-, key) =>
    tables
        |> map(fn: (r) => ({run: r.run, key: key, _value: int(v: r._time)}))

// A number and a text can't be rows of one column: tests and targets are rows of their own.
tests =
    events()
        |> filter(fn: (r) => r.event == "start")
        |> map(fn: (r) => ({run: r.run, test: if exists r.test then r.test else ""}))
        |> keep(columns: ["run", "test"])
        |> group(columns: ["run"])
        |> first(column: "test")
        |> set(key: "part", value: "1 test")

said = (field) =>
    events()
        |> filter(fn: (r) => r._field == field)
        |> last()
        |> rename(columns: {_value: field})
        |> keep(columns: ["run", field])
        |> group(columns: ["run"])
        |> last(column: field)

targets =
    said(field: "host") |> rename(columns: {host: "target"}) |> set(key: "part", value: "2 target")
labels = said(field: "label") |> set(key: "part", value: "2 label")
descriptions = said(field: "description") |> set(key: "part", value: "2 description")

numbers =
    union(
        tables: [
            events()
                |> filter(fn: (r) => r.event == "start")
                |> first()
                |> moment(key: "start")
                |> group(columns: ["run", "key"])
                |> min(),
            events()
                |> filter(fn: (r) => r.event == "stop")
                |> last()
                |> moment(key: "stop")
                |> group(columns: ["run", "key"])
                |> max(),
            stats(field: "count")
                |> group(columns: ["run"])
                |> first()
                |> moment(key: "first"),
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> first()
                |> moment(key: "met")
                |> group(columns: ["run", "key"])
                |> min(),
            events()
                |> first()
                |> moment(key: "known")
                |> group(columns: ["run", "key"])
                |> min(),
            events()
                |> filter(fn: (r) => r._field == "user_count")
                |> group(columns: ["run"])
                |> max()
                |> number(key: "users"),
            events()
                |> filter(fn: (r) => r._field == "resolution")
                |> group(columns: ["run"])
                |> max()
                |> number(key: "resolution"),
            stats(field: "count")
                |> group(columns: ["run"])
                |> sum()
                |> number(key: "requests"),
            stats(field: "num_failures")
                |> group(columns: ["run"])
                |> sum()
                |> number(key: "failures"),
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> last()
                |> group(columns: ["run"])
                |> distinct(column: "worker")
                |> count()
                |> number(key: "workers"),
            data(measurement: "locust_user_error")
                |> filter(fn: (r) => r._field == "count")
                |> group(columns: ["run"])
                |> sum()
                |> number(key: "user_errors"),
            // A run without a stop that is silent was interrupted.
            data(measurement: "locust_worker")
                |> filter(fn: (r) => r.worker != "master" and r._field == "requests_seen")
                |> last()
                |> moment(key: "last")
                |> group(columns: ["run", "key"])
                |> max(),
        ],
    )
        |> group()
        |> pivot(rowKey: ["run"], columnKey: ["key"], valueColumn: "_value")
        |> set(key: "part", value: "3 numbers")

// Its start may be missing: a spool was full, or somebody else wrote a point of that run.
began = (r) =>
    if exists r.start then
        r.start
    else if exists r.first then
        r.first
    else if exists r.met then
        r.met
    else
        r.known

counted =
    union(
        tables: [
            numbers,
            tests,
            targets,
            labels,
            descriptions,
        ],
    )
        |> group(columns: ["run"])
        |> sort(columns: ["part"])
        |> fill(column: "test", usePrevious: true)
        |> fill(column: "target", usePrevious: true)
        |> fill(column: "label", usePrevious: true)
        |> fill(column: "description", usePrevious: true)
        |> filter(fn: (r) => r.part == "3 numbers")
        |> group()
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    test: r.test,
                    start: time(v: began(r: r)),
                    stop: time(v: r.stop),
                    target: r.target,
                    users: r.users,
                    requests: if exists r.requests then r.requests else 0,
                    failures: if exists r.failures then r.failures else 0,
                    workers: if exists r.workers then r.workers else 0,
                    user_errors: if exists r.user_errors then r.user_errors else 0,
                    last: time(v: r.last),
                    label: if exists r.label then r.label else "",
                    description: if exists r.description then r.description else "",
                    resolution: r.resolution,
                }),
        )

union(tables: [counted, summarised])
    |> group()
    |> filter(fn: (r) => one_of(text: r.test, of: test) and one_of(text: r.label, of: label))
    |> sort(columns: ["start"], desc: true)
