// A run that was judged again has one verdict, where it was stopped; a duet has an answer beside it.
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.event =~ /^(duet_)?verdict$/)
    |> filter(fn: (r) => r._field == "message" and exists r.run)
    |> last()
    |> group(columns: ["run", "event"])
    |> sort(columns: ["_time"])
    |> last()
    |> map(
        fn: (r) => ({r with said: if r.event == "verdict" then r._value else "duet: " + r._value}),
    )
    |> group(columns: ["run"])
    |> sort(columns: ["event"], desc: true)
    |> reduce(
        identity: {verdict: ""},
        fn: (r, accumulator) =>
            ({
                verdict:
                    if accumulator.verdict == "" then
                        r.said
                    else
                        accumulator.verdict + ", " + r.said,
            }),
    )
    |> group()
    |> keep(columns: ["run", "verdict"])
    |> sort(columns: ["run"])
