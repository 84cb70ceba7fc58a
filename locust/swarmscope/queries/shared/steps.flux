// The run's load steps as an array: docs/decisions/024-load-steps.md says what one is. Which these are
// doesn't hang on the range.
told = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: 0, stop: time(v: 9000000000000000000))
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")

answered = () =>
    told(measurement: "locust_stats")
        |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
said = () =>
    told(measurement: "locust_run")
        |> filter(fn: (r) => r._field == "message")
        |> filter(fn: (r) => r.event == "start" or r.event == "step" or r.event == "stop")

// The outermost of some points' times, ns since 1970; 0 where there is none.
oldest_of = (tables=<-) => {
    times =
        tables
            |> first()
            |> group()
            |> min(column: "_time")
            |> findColumn(fn: (key) => true, column: "_time")

    return if length(arr: times) > 0 then int(v: times[0]) else 0
}
newest_of = (tables=<-) => {
    times =
        tables
            |> last()
            |> group()
            |> max(column: "_time")
            |> findColumn(fn: (key) => true, column: "_time")

    return if length(arr: times) > 0 then int(v: times[0]) else 0
}
least = (a, b) => if a < b then a else b
most = (a, b) => if a > b then a else b

second = 1000000000
first_said = said() |> oldest_of()
first_answered = answered() |> oldest_of()
last_answered = answered() |> newest_of()
stopped = said() |> filter(fn: (r) => r.event == "stop") |> newest_of()
began =
    if first_said == 0 or first_answered > 0 and first_answered < first_said then
        first_answered
    else
        first_said
ended =
    if stopped > 0 then
        stopped
    else if last_answered > 0 then
        last_answered + second
    else
        said() |> newest_of()

// The limits of schema/limits.py.
brief = least(a: 10 * second, b: (ended - began) / 3)
long = most(a: 10 * second, b: (ended - began) / 30)
piece = most(a: 30 * second, b: (ended - began) / 8)

// Each other number of users that was wanted: from when on, until when, and since when all of them ran,
// because Locust had the time to start them.
settled = () =>
    told(measurement: "locust_run")
        |> filter(fn: (r) => r.event == "start" or r.event == "step")
        |> filter(fn: (r) => r._field == "user_count" or r._field == "spawn_rate")
        |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
        |> group()
        |> filter(fn: (r) => exists r.user_count)
        |> map(
            fn: (r) =>
                ({
                    at: int(v: r._time),
                    users: r.user_count,
                    change: r.user_count,
                    rate: if exists r.spawn_rate then r.spawn_rate else 0.0,
                }),
        )
        |> sort(columns: ["at", "users"])
        |> difference(columns: ["change"], keepFirst: true)
        |> filter(fn: (r) => not exists r.change or r.change != 0)
        |> duplicate(column: "at", as: "after")
        |> sort(columns: ["at", "users"], desc: true)
        |> difference(columns: ["after"], keepFirst: true)
        |> map(
            fn: (r) => {
                before = if exists r.change then r.users - r.change else 0
                next = if exists r.after then r.at - r.after else ended
                takes =
                    if r.rate > 0.0 then
                        math.abs(x: float(v: r.users) - float(v: before)) / r.rate * 1000000000.0
                    else
                        0.0
                ramp =
                    int(v: if takes < 1000000000000000000.0 then takes else 1000000000000000000.0)

                return {
                    at: r.at,
                    users: r.users,
                    next: next,
                    ramp: ramp,
                    reached: if r.at + ramp < next then r.at + ramp else next,
                }
            },
        )
held =
    settled()
        |> map(fn: (r) => ({_value: r.next - r.reached}))
        |> findColumn(fn: (key) => true, column: "_value")
need = if length(arr: array.filter(arr: held, fn: (x) => x >= brief)) > 30 then long else brief

// Ramps and steps in turn. A short ramp belongs to the step that it leads to, and one at the end to the
// step before it.
written =
    union(
        tables: [
            array.from(rows: [{at: began, kind: "ramp", users: 0}]),
            settled()
                |> filter(fn: (r) => r.next - r.reached >= need)
                |> map(fn: (r) => ({at: r.reached, kind: "step", users: r.users})),
            settled()
                |> filter(fn: (r) => r.next - r.reached >= need)
                |> map(fn: (r) => ({at: r.next, kind: "ramp", users: 0})),
        ],
    )
        |> group()
        |> duplicate(column: "at", as: "ramped")
        |> duplicate(column: "at", as: "lasted")
        |> sort(columns: ["at", "kind"])
        |> difference(columns: ["ramped"], keepFirst: true)
        |> sort(columns: ["at", "kind"], desc: true)
        |> difference(columns: ["lasted"], keepFirst: true)
        |> map(
            fn: (r) =>
                ({
                    kind: r.kind,
                    users: r.users,
                    at: r.at,
                    since:
                        if r.kind == "step" and exists r.ramped and r.ramped < need then
                            r.at - r.ramped
                        else
                            r.at,
                    lasted: if exists r.lasted then -r.lasted else ended - r.at,
                    // It may become a step yet.
                    going_on: stopped == 0 and not exists r.lasted,
                }),
        )
        |> filter(fn: (r) => r.kind == "step" or r.lasted >= need or r.going_on and r.lasted > 0)
        |> duplicate(column: "since", as: "until")
        |> difference(columns: ["until"], keepFirst: true)
        |> map(
            fn: (r) => {
                until = if exists r.until then r.since - r.until else ended

                return {
                    text:
                        strings.joinStr(
                            arr: [
                                r.kind,
                                string(v: r.users),
                                string(v: r.since),
                                string(v: until),
                                string(v: r.at),
                            ],
                            v: " ",
                        ),
                }
            },
        )
        |> findColumn(fn: (key) => true, column: "text")
stretches =
    array.map(
        arr: written,
        fn: (x) => {
            parts = strings.split(v: x, t: " ")
            since = int(v: parts[2])
            until = int(v: parts[3])

            return {
                kind: parts[0],
                users: int(v: parts[1]),
                since: since,
                until: until,
                reached: int(v: parts[4]),
                pieces:
                    if length(arr: held) > 0 and parts[0] == "ramp" and (until - since) / piece > 1
                    then
                        (until - since) / piece
                    else
                        1,
            }
        },
    )

// A long ramp in pieces, of which there are at most eight.
begin = int(v: v.timeRangeStart)
end = int(v: v.timeRangeStop)
pieces = (n) =>
    stretches
        |> array.filter(fn: (x) => x.pieces > n and x.until > x.since)
        |> array.map(
            fn: (x) => {
                since = x.since + n * (x.until - x.since) / x.pieces
                until = x.since + (n + 1) * (x.until - x.since) / x.pieces

                return {
                    kind: if length(arr: held) == 0 then "unknown" else x.kind,
                    users: x.users,
                    since: most(a: since, b: begin),
                    until: least(a: until, b: end),
                    // What was answered after the stop belongs to the last step.
                    last: if until == ended or until > end then end else until,
                    // While no users are started or stopped, of which is told within a second.
                    calm_from:
                        if length(arr: held) == 0 then
                            since
                        else if x.kind == "step" then
                            x.reached + 2 * second
                        else
                            end,
                    calm_to: if until == ended then end else until - 2 * second,
                }
            },
        )
        |> array.filter(fn: (x) => x.until > x.since)
steps =
    pieces(n: 0)
        |> array.concat(v: pieces(n: 1))
        |> array.concat(v: pieces(n: 2))
        |> array.concat(v: pieces(n: 3))
        |> array.concat(v: pieces(n: 4))
        |> array.concat(v: pieces(n: 5))
        |> array.concat(v: pieces(n: 6))
        |> array.concat(v: pieces(n: 7))
