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

// The outermost moments that anything is told of, in one read: a question of its own would be asked for
// each. Of several the least, and so of the newest what is least below zero.
never = 9000000000000000000
moment = (tables=<-, key, sign) =>
    tables
        |> group()
        |> map(fn: (r) => ({row: 0, key: key, _value: sign * int(v: r._time)}))
known_moments =
    union(
        tables: [
            array.from(
                rows: [
                    {row: 0, key: "first_said", _value: never},
                    {row: 0, key: "first_answered", _value: never},
                    {row: 0, key: "last_said", _value: 0},
                    {row: 0, key: "last_answered", _value: 0},
                    {row: 0, key: "stopped", _value: 0},
                ],
            ),
            said() |> first() |> moment(key: "first_said", sign: 1),
            answered() |> first() |> moment(key: "first_answered", sign: 1),
            said() |> last() |> moment(key: "last_said", sign: -1),
            answered() |> last() |> moment(key: "last_answered", sign: -1),
            said()
                |> filter(fn: (r) => r.event == "stop")
                |> last()
                |> moment(key: "stopped", sign: -1),
        ],
    )
        |> group(columns: ["row", "key"])
        |> min()
        |> group()
        |> pivot(rowKey: ["row"], columnKey: ["key"], valueColumn: "_value")
        |> findRecord(fn: (key) => true, idx: 0)
least = (a, b) => if a < b then a else b
most = (a, b) => if a > b then a else b

second = 1000000000
stopped = -known_moments.stopped
began =
    if known_moments.first_said == never and known_moments.first_answered == never then
        0
    else
        least(a: known_moments.first_said, b: known_moments.first_answered)
ended =
    if stopped > 0 then
        stopped
    else if known_moments.last_answered < 0 then
        second - known_moments.last_answered
    else
        -known_moments.last_said

// The limits of schema/limits.py.
brief = least(a: 10 * second - second / 2, b: (ended - began) / 3)
long = most(a: 10 * second, b: (ended - began) / 30)
piece = most(a: 30 * second, b: (ended - began) / 8)

// Each other number of users that was wanted, and each stage of a load shape that says at which it is: from
// when on, until when, and since when all of them ran, because Locust had the time to start them.
orders =
    told(measurement: "locust_run")
        |> filter(fn: (r) => r.event == "start" or r.event == "step")
        |> filter(fn: (r) => r._field =~ /^(user_count|spawn_rate|stage)$/)
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
                    staged: exists r.stage,
                }),
        )
        |> sort(columns: ["at", "users"])
        |> difference(columns: ["change"], keepFirst: true)
        |> filter(fn: (r) => not exists r.change or r.change != 0 or r.staged)
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

                reached = if r.at + ramp < next then r.at + ramp else next

                return {
                    text:
                        strings.joinStr(
                            arr: [string(v: r.users), string(v: next), string(v: reached)],
                            v: " ",
                        ),
                }
            },
        )
        |> findColumn(fn: (key) => true, column: "text")
settled =
    array.map(
        arr: orders,
        fn: (x) => {
            parts = strings.split(v: x, t: " ")

            return {users: int(v: parts[0]), next: int(v: parts[1]), reached: int(v: parts[2])}
        },
    )
need =
    if length(arr: array.filter(arr: settled, fn: (x) => x.next - x.reached >= brief)) > 30 then
        long
    else
        brief
lasting = array.filter(arr: settled, fn: (x) => x.next - x.reached >= need)

// Ramps and steps in turn. A short ramp belongs to the step that it leads to, and one at the end to the
// step before it.
written =
    array.from(
        rows:
            [{at: began, kind: "ramp", users: 0}]
                |> array.concat(
                    v:
                        array.map(
                            arr: lasting,
                            fn: (x) => ({at: x.reached, kind: "step", users: x.users}),
                        ),
                )
                |> array.concat(
                    v: array.map(arr: lasting, fn: (x) => ({at: x.next, kind: "ramp", users: 0})),
                ),
    )
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
                    changed: if exists r.lasted then r.at - r.lasted else ended,
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
                                string(v: r.changed),
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
            long_pieces = (until - since) / piece

            return {
                kind: parts[0],
                users: int(v: parts[1]),
                since: since,
                until: until,
                reached: int(v: parts[4]),
                changed: int(v: parts[5]),
                pieces:
                    if length(arr: settled) > 0 and parts[0] == "ramp" and long_pieces > 1 then
                        long_pieces
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

                // What was answered after the stop belongs to the last step.
                last = if until == ended or until > end then end else until
                unknown = length(arr: settled) == 0

                return {
                    kind: if unknown then "unknown" else x.kind,
                    users: x.users,
                    // What it is called by: a short ramp at the end of a run is another stage's.
                    ends: if x.kind == "step" then x.changed else until,
                    since: most(a: since, b: begin),
                    until: least(a: until, b: end),
                    last: last,
                    // While no users are started or stopped, of which is told within a second.
                    calm_from:
                        if unknown then
                            since
                        else if x.kind == "step" then
                            x.reached + 2 * second
                        else
                            end,
                    calm_to:
                        if unknown or x.changed == ended then
                            last
                        else
                            least(a: last, b: x.changed - 2 * second),
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

// By name the stage at which the load shape was when each of *tables* ended, its column `ends`: told of
// before. Which of how many it is, is seen.
told_stages =
    union(
        tables: [
            array.from(rows: [{told: -1, stage: ""}]),
            told(measurement: "locust_run")
                |> filter(fn: (r) => r.event == "step" and r._field == "stage")
                |> map(
                    fn: (r) =>
                        ({
                            told: int(v: r._time) + 1,
                            stage:
                                regexp.replaceAllString(r: /^\d+ of \d+(, |$)/, v: r._value, t: ""),
                        }),
                )
                |> group(),
        ],
    )
with_stages = (tables=<-) =>
    union(
        tables: [
            tables |> duplicate(column: "ends", as: "mark"),
            told_stages |> rename(columns: {told: "ends"}),
        ],
    )
        |> sort(columns: ["ends"])
        |> fill(column: "stage", usePrevious: true)
        |> filter(fn: (r) => exists r.mark)
        |> drop(columns: ["ends", "mark"])
