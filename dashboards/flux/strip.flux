import "array"
import "math"
import "regexp"
import "strings"

// include: steps

// It ends with the run; the other one is there so that there is a row at all.
array.from(
    rows:
        steps
            |> array.concat(
                v: [
                    {
                        kind: "",
                        users: 0,
                        ends: 0,
                        since: 0,
                        until: 0,
                        last: 1,
                        calm_from: 0,
                        calm_to: 0,
                    },
                    {
                        kind: "stopped",
                        users: 0,
                        ends: 0,
                        since: stopped,
                        until: 0,
                        last: 1,
                        calm_from: 0,
                        calm_to: 0,
                    },
                ],
            )
            |> array.map(
                fn: (x) =>
                    ({
                        _time: time(v: x.since),
                        ends: x.ends,
                        load:
                            if x.kind == "step" then
                                string(v: x.users) + " users"
                            else if x.kind == "unknown" then
                                "as many users as there were"
                            else
                                x.kind,
                    }),
            ),
)
    |> with_stages()
    |> filter(fn: (r) => r._time >= v.timeRangeStart and r._time < v.timeRangeStop)
    |> map(
        fn: (r) =>
            ({
                _time: r._time,
                load:
                    if r.stage == "" then
                        r.load
                    else
                        // A step is as wide as it was long: what is left out is known.
                        r.stage + ": " + strings.trimSuffix(v: r.load, suffix: " users"),
            }),
    )
    |> sort(columns: ["_time"])
