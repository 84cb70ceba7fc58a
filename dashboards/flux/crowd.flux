// Of how many workers the picked ones are.
crew =
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${run}")
        |> filter(fn: (r) => r._field == "requests_seen" and r.worker =~ worker)
        |> last()
        |> group()
        |> distinct(column: "worker")
        |> findColumn(fn: (key) => true, column: "_value")
size = string(v: length(arr: crew))

seconds_of = (which) =>
    from(bucket: v.defaultBucket)
        |> range(start: $start, stop: $stop)
        |> filter(fn: (r) => $measured and r.run == "${run}")
        |> filter(fn: (r) => r._field == "$field" and r.worker =~ which)
windows_of = (which) =>
    seconds_of(which: which)
        |> aggregateWindow(every: every, fn: $window, createEmpty: false, timeSrc: "_start")
seconds = seconds_of(which: worker)
of_each = windows_of(which: worker)

// Windows of windows: to group rows by their time takes ten times as long.
of_all = (fn, called) =>
    of_each
        |> group()
        |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")
        |> map(
            fn: (r) =>
                ({
                    _time: r._time,
                    _value: $value,
                    worker: if called == "mean" then "mean of " + size else called,
                    _field: called,
                }),
        )

worst =
    $worst
        |> group()
        |> sort(columns: ["_value", "worker"], desc: $largest)
        |> limit(n: $named)
        |> findColumn(fn: (key) => true, column: "worker")

// An expression is pushed down to the storage engine, a list is not.
worst_alone =
    regexp.compile(
        v:
            "^("
                +
                strings.joinStr(
                    arr: array.map(arr: worst, fn: (x) => regexp.quoteMeta(v: x)),
                    v: "|",
                )
                +
                ")$",
    )
place = (of) => string(v: length(arr: array.filter(arr: worst, fn: (x) => x < of)))

named =
    windows_of(which: worst_alone)
        |> map(
            fn: (r) =>
                ({
                    _time: r._time,
                    _value: $value,
                    worker: r.worker,
                    _field: "worst " + place(of: r.worker),
                }),
        )

many =
    union(tables: [named, $envelope])
        |> group(columns: ["worker", "_field"])

shown =
    if length(arr: crew) > $apart then
        many
            |> keep(columns: ["_time", "_value", "_field", "worker"])
    else
        each
            |> keep(columns: ["_time", "_value", "_field", "worker"])

shown
