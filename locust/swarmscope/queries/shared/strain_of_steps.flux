// The limits of schema/limits.py, above which response times are the generator's own. Locust stalls a
// worker's loop while it takes an order to start or stop users, which it does as well when workers come
// and go.
health = (x, field) =>
    mine(x: x, measurement: "locust_worker")
        |> filter(fn: (r) => r.worker != "master" and r._field == field)
above = (field, limit, busy) =>
    health(x: {from: begin, stop: end}, field: field)
        |> filter(fn: (r) => r._value > limit)
        |> map(
            fn: (r) =>
                ({
                    moment: int(v: r._time),
                    worker: r.worker,
                    busy: busy,
                    calm: 0,
                    moved: 0,
                }),
        )

// A second is counted once, whichever limit it broke.
late =
    union(
        tables: [
            above(field: "cpu_percent", limit: 90.0, busy: 1),
            above(field: "loop_lag_ms", limit: 100.0, busy: 0),
        ],
    )
        |> group(columns: ["worker"])
        |> sort(columns: ["busy"], desc: true)
        |> unique(column: "moment")
        |> group()

// Each goes to the step that began last, and counts where it is calm. Renaming lets rows of other columns
// stand in one table.
mark = (arr, rank) =>
    array.from(rows: arr)
        |> rename(columns: {moment: "time"})
        |> set(key: "rank", value: rank)
begins =
    timed
        |> array.map(
            fn: (x) =>
                ({
                    moment: x.at,
                    at: x.at,
                    busy: 0,
                    calm: 0,
                    moved: 0,
                }),
        )
        |> array.concat(
            v: [
                {
                    moment: 0,
                    at: 0,
                    busy: 0,
                    calm: 0,
                    moved: 0,
                },
            ],
        )
calm_ones = timed |> array.filter(fn: (x) => x.calm_from < x.calm_to)
calms =
    calm_ones
        |> array.map(fn: (x) => ({moment: x.calm_from, busy: 0, calm: 1, moved: 0}))
        |> array.concat(
            v:
                array.map(
                    arr: calm_ones,
                    fn: (x) => ({moment: x.calm_to, busy: 0, calm: -1, moved: 0}),
                ),
        )
        |> array.concat(v: [{moment: never, busy: 0, calm: 0, moved: 0}])
moves =
    told(measurement: "locust_run")
        |> filter(fn: (r) => r._field == "message")
        |> filter(fn: (r) => r.event =~ /^(worker_join|worker_leave|rebalance)$/)
        |> group()
        |> findColumn(fn: (key) => true, column: "_time")
around_moves =
    moves
        |> array.map(fn: (x) => ({moment: int(v: x) - 2 * second, busy: 0, calm: 0, moved: 1}))
        |> array.concat(
            v:
                array.map(
                    arr: moves,
                    fn: (x) => ({moment: int(v: x) + 2 * second, busy: 0, calm: 0, moved: -1}),
                ),
        )
pair = (r) => string(v: r.at) + " " + r.worker
over =
    union(
        tables: [
            late |> rename(columns: {moment: "time"}) |> set(key: "rank", value: "3 late"),
            mark(arr: begins, rank: "1 step"),
            mark(arr: calms |> array.concat(v: around_moves), rank: "2 calm"),
        ],
    )
        |> sort(columns: ["time", "rank"])
        |> cumulativeSum(columns: ["calm", "moved"])
        |> fill(column: "at", usePrevious: true)
        |> filter(fn: (r) => r.rank == "3 late")
        |> group(columns: ["at", "worker"])
        |> reduce(
            identity: {over: 0, calm: 0},
            fn: (r, accumulator) =>
                ({
                    over: accumulator.over + 1,
                    calm:
                        accumulator.calm + (if r.busy == 1 or r.calm > 0 and r.moved == 0 then
                                1
                            else
                                0),
                }),
        )
        |> group()
        |> map(fn: (r) => ({r with pair: pair(r: r)}))
        |> rename(columns: {pair: "whose"})
        |> set(key: "part", value: "1 over")

// Of each worker only where one was over a limit: of two hundred that kept up nothing more is to be told
// than that they were there. An expression is pushed down to the storage engine, a list is not.
names =
    late
        |> distinct(column: "worker")
        |> findColumn(fn: (key) => true, column: "_value")
affected =
    regexp.compile(
        v:
            "^(" + strings.joinStr(
                    arr: array.map(arr: names, fn: (x) => regexp.quoteMeta(v: x)),
                    v: "|",
                ) + ")$",
    )
watched =
    each(
        fn: (x) =>
            health(x: x, field: "cpu_percent")
                |> filter(fn: (r) => r.worker =~ affected)
                |> taken(x: x, fn: count, of: sum, columns: ["worker"]),
    )
        |> map(fn: (r) => ({at: int(v: r._time), worker: r.worker, seconds: r._value}))
        |> group()
        |> set(key: "part", value: "2 seconds")
heard =
    each(
        fn: (x) =>
            health(x: x, field: "cpu_percent")
                |> taken(x: x, fn: count, of: sum, columns: []),
    )
        |> map(fn: (r) => ({at: int(v: r._time), _value: 0.0}))
        |> group()

// By the rule of runs/generators.py, as if the step were a run; the worst worker decides. A loop that was
// late only while users were started spoils no step, but some of its slowest requests may be its own. One
// table: of each step and worker one would be thousands.
worst =
    union(tables: [over, watched])
        |> sort(columns: ["at", "worker", "part"])
        |> fill(column: "whose", usePrevious: true)
        |> fill(column: "over", usePrevious: true)
        |> fill(column: "calm", usePrevious: true)
        |> filter(fn: (r) => r.part == "2 seconds" and exists r.whose)
        |> filter(fn: (r) => r.whose == pair(r: r))
        |> map(
            fn: (r) => {
                lasting = float(v: r.over) >= 0.25 * float(v: r.seconds)
                counted = if lasting then r.over else r.calm

                return {
                    at: r.at,
                    _value:
                        if counted >= 2 and float(v: counted) >= 0.05 * float(v: r.seconds) then
                            3.0
                        else if r.calm > 0 then
                            2.0
                        else
                            1.0,
                }
            },
        )
strain =
    union(tables: [worst, heard])
        |> group(columns: ["at"])
        |> max()
        |> map(fn: (r) => ({at: r.at, key: "worst", _value: r._value}))
        |> group()
