import "array"
import "math"

// Whether two runs had the same load: how long each lasted within the range, and from when on since their
// begin as many users were wanted in one as not in the other.
second = 1000000000
run_began = int(v: "${run_start}000000")
baseline_began = int(v: "${baseline_start}000000")
from_ns = int(v: v.timeRangeStart) - run_began
to_ns = int(v: v.timeRangeStop) - run_began

// From its first second with a request to the end of the last one.
lasted = (run, began) => {
    answered = () =>
        from(bucket: v.defaultBucket)
            |> range(start: time(v: began + from_ns), stop: time(v: began + to_ns))
            |> filter(fn: (r) => r._measurement == "locust_stats" and r.run == run)
            |> filter(fn: (r) => r.name == "Aggregated" and r._field == "count")
            |> group()
    oldest = answered() |> first() |> findColumn(fn: (key) => true, column: "_time")
    newest = answered() |> last() |> findColumn(fn: (key) => true, column: "_time")

    return
        if length(arr: oldest) == 0 then
            0
        else
            int(v: newest[0]) - int(v: oldest[0]) + second
}
here = lasted(run: "${run}", began: run_began)
there = lasted(run: "${baseline}", began: baseline_began)
shorter = if here < there then here else there
longer = if here < there then there else here
begin = if from_ns > 0 then from_ns else 0
end = begin + shorter

orders = (run, began, side) =>
    from(bucket: v.defaultBucket)
        |> range(start: 0, stop: time(v: 9000000000000000000))
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == run)
        |> filter(fn: (r) => r.event == "start" or r.event == "step")
        |> filter(fn: (r) => r._field == "user_count")
        |> map(fn: (r) => ({at: int(v: r._time) - began, side: side, users: r._value}))
        |> group()
differ =
    union(
        tables: [
            orders(run: "${run}", began: run_began, side: 0),
            orders(run: "${baseline}", began: baseline_began, side: 1),
            array.from(rows: [{at: end, side: 2, users: 0}]),
        ],
    )
        |> sort(columns: ["at", "side"])
        |> reduce(
            identity: {
                last: begin,
                here: 0,
                there: 0,
                since: -1,
                of_run: 0,
                of_other: 0,
            },
            fn: (r, accumulator) => {
                at = if r.at < begin then begin else if r.at > end then end else r.at
                more =
                    float(
                        v:
                            if accumulator.here < accumulator.there then
                                accumulator.there
                            else
                                accumulator.here,
                    )
                apart = math.abs(x: float(v: accumulator.here - accumulator.there)) > 0.05 * more

                // A master tells of its users within a second or two.
                found = accumulator.since < 0 and apart and at - accumulator.last > 3 * second

                return {
                    last: at,
                    here: if r.side == 0 then r.users else accumulator.here,
                    there: if r.side == 1 then r.users else accumulator.there,
                    since: if found then accumulator.last else accumulator.since,
                    of_run: if found then accumulator.here else accumulator.of_run,
                    of_other: if found then accumulator.there else accumulator.of_other,
                }
            },
        )
        |> findRecord(fn: (key) => true, idx: 0)
in_words = (ns) => string(v: duration(v: ns / second * second))
unequal = longer - shorter > 2 * second and float(v: longer - shorter) > 0.05 * float(v: longer)
lengths =
    if unequal then
        in_words(ns: here) + " of this run, " + in_words(ns: there)
            +
            " of the other one: compare rates and percentiles, not counts"
    else
        in_words(ns: shorter) + " of either run"
moment = if differ.since < second then "the start" else in_words(ns: differ.since)
users =
    if differ.since < 0 then
        ""
    else
        "; from " + moment + " on " + string(v: differ.of_run) + " users here and " + string(
                v: differ.of_other,
            ) + " there: what differs may be the load's doing"

array.from(rows: [{c_load: "Load: " + lengths + users}])
    |> filter(fn: (r) => here > 0 and there > 0)
