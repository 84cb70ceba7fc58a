// Locust stalls a worker's loop while it takes an order to start or stop users: a late loop says nothing
// then of what the worker bears, unless its own CPU is full. The master tells of an order within a second.
second = 1000000000
grace = 2 * second

// What is ordered takes as long as the users that it changes, at their rate.
step_field = (field, called) =>
    told(field: field)
        |> filter(fn: (r) => r.event == "step")
        |> map(
            fn: (r) => ({run: r.run, _time: r._time, _field: called, _value: float(v: r._value)}),
        )
steps =
    union(
        tables: [
            step_field(field: "user_count", called: "users"),
            step_field(field: "spawn_rate", called: "rate"),
        ],
    )
        |> group(columns: ["run"])
        |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
        |> sort(columns: ["_time"])
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    at: int(v: r._time),
                    users: if exists r.users then r.users else 0.0,
                    change: if exists r.users then r.users else 0.0,
                    rate: if exists r.rate then r.rate else 0.0,
                }),
        )
        |> difference(columns: ["change"], keepFirst: true)
        |> map(fn: (r) => ({r with change: if exists r.change then r.change else r.users}))
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    at: r.at,
                    lasts:
                        if r.rate > 0.0 then
                            math.mMin(x: math.abs(x: r.change) / r.rate, y: 86400.0)
                        else
                            0.0,
                }),
        )
moves =
    told(field: "message")
        |> filter(fn: (r) => r.event =~ /^(worker_join|worker_leave|rebalance)$/)
        |> map(fn: (r) => ({run: r.run, at: int(v: r._time), lasts: 0.0}))
orders = union(tables: [steps, moves]) |> group(columns: ["run"])

// A second is counted once, whichever limit it broke.
above = (field, limit, busy) =>
    health(field: field)
        |> filter(fn: (r) => r._value > limit)
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    worker: r.worker,
                    at: int(v: r._time),
                    busy: busy,
                    rank: 2,
                    open: 0,
                }),
        )
over =
    union(
        tables: [
            above(field: "cpu_percent", limit: cpu_limit, busy: 1),
            above(field: "loop_lag_ms", limit: lag_limit, busy: 0),
        ],
    )
        |> group(columns: ["run", "worker"])
        |> sort(columns: ["busy"], desc: true)
        |> unique(column: "at")

// Orders open and close like brackets: what lies within any is a second in which users were moved.
brackets = (rank, open, until) =>
    orders
        |> map(
            fn: (r) =>
                ({
                    run: r.run,
                    worker: "",
                    at:
                        if until then
                            r.at + grace + int(v: r.lasts * 1000000000.0)
                        else
                            r.at - grace,
                    busy: 0,
                    rank: rank,
                    open: open,
                }),
        )

// Of each worker that was over a limit in how many seconds, and in how many of them for that reason.
strained =
    union(
        tables: [
            over,
            brackets(rank: 1, open: 1, until: false),
            brackets(rank: 0, open: -1, until: true),
        ],
    )
        |> group(columns: ["run"])
        |> sort(columns: ["at", "rank"])
        |> cumulativeSum(columns: ["open"])
        |> filter(fn: (r) => r.rank == 2)
        |> group(columns: ["run", "worker"])
        |> reduce(
            identity: {over: 0, spawning: 0},
            fn: (r, accumulator) =>
                ({
                    over: accumulator.over + 1,
                    spawning: accumulator.spawning + (if r.busy == 0 and r.open > 0 then 1 else 0),
                }),
        )
