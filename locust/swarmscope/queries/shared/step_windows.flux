// What the storage engine takes long for is not seconds but tables: a read of each step would be one for
// each bucket of each step. So steps are read together where windows of one length cut them apart: two
// always, those between if they are all as long as a window, the first and the last if they aren't longer.
// All points stand at whole seconds, so a step is of those from its first whole one on.
whole = (ns) => (least(a: ns, b: never) + second - 1) / second * second
timed =
    array.map(
        arr: steps,
        fn: (x) => {
            from = whole(ns: x.since)
            stop = whole(ns: x.last)

            // Of one without a whole second there is nothing to read.
            return {x with at: if stop > from then from else x.since, from: from, stop: stop}
        },
    )
read_together =
    array.from(
        rows:
            timed
                |> array.filter(fn: (x) => x.stop > x.from)
                |> array.map(fn: (x) => ({from: x.from, stop: x.stop}))
                |> array.concat(v: [{from: never, stop: never}]),
    )
        |> sort(columns: ["from"])
        |> reduce(
            identity: {
                done: "",
                steps: 0,
                from: 0,
                stop: 0,
                last: 0,
                every: 0,
                cut: 0,
            },
            fn: (r, accumulator) => {
                lasts = r.stop - r.from
                fits = accumulator.last == accumulator.every and lasts <= accumulator.every
                goes_on = lasts > 0 and (accumulator.steps == 1 or accumulator.steps > 1 and fits)

                return {
                    done:
                        if goes_on or accumulator.steps == 0 then
                            accumulator.done
                        else
                            accumulator.done + ";" + strings.joinStr(
                                    arr: [
                                        string(v: accumulator.from),
                                        string(v: accumulator.stop),
                                        string(v: accumulator.every),
                                        string(v: accumulator.cut % accumulator.every),
                                    ],
                                    v: " ",
                                ),
                    steps: if goes_on then accumulator.steps + 1 else 1,
                    from: if goes_on then accumulator.from else r.from,
                    stop: r.stop,
                    last: lasts,
                    every:
                        if goes_on and accumulator.every > lasts then
                            accumulator.every
                        else
                            lasts,
                    cut: if goes_on and accumulator.steps > 1 then accumulator.cut else r.from,
                }
            },
        )
        |> findColumn(fn: (key) => true, column: "done")

// Two more, in which there is nothing: a union takes no fewer.
reads =
    strings.split(v: "0 1 1 0;0 1 1 0" + read_together[0], t: ";")
        |> array.map(
            fn: (x) => {
                parts = strings.split(v: x, t: " ")

                return {
                    from: int(v: parts[0]),
                    stop: int(v: parts[1]),
                    every: duration(v: int(v: parts[2])),
                    offset: duration(v: int(v: parts[3])),
                }
            },
        )
by_step = (tables=<-, x, fn) =>
    tables
        |> aggregateWindow(
            every: x.every,
            offset: x.offset,
            fn: fn,
            createEmpty: false,
            timeSrc: "_start",
        )
