import "strings"

// A function, so that each use is a read of its own, which the storage engine can narrow down.
data = (measurement) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")

counters =
    data(measurement: "locust_worker")
        |> filter(
            fn:
                (r) =>
                    r._field
                        =~
                        /^(requests_(seen|locust|unheard|delivered|rejected|lost)|failures_(unheard|alone)|points_(rejected|lost)|spool_bytes)$/,
        )
        |> last()
        |> keep(columns: ["worker", "host", "_field", "_value"])

// What a successor found when it sent what this worker had left is added to its account.
replayed =
    data(measurement: "locust_worker")
        |> filter(fn: (r) => r._field =~ /^replay_(rejected|lost)$/)
        |> sum()
        |> map(
            fn: (r) =>
                ({
                    worker: r.worker,
                    host: r.host,
                    _field: strings.replace(v: r._field, t: "replay", u: "requests", i: 1),
                    _value: r._value,
                }),
        )

accounts =
    union(tables: [counters, replayed])
        |> group(columns: ["worker", "host", "_field"])
        |> sum()

final =
    data(measurement: "locust_worker")
        |> filter(fn: (r) => r._field == "final")
        |> last()
        |> map(
            fn: (r) =>
                ({
                    worker: r.worker,
                    host: r.host,
                    _field: "final",
                    _value: if r._value then 1 else 0,
                }),
        )

lately =
    data(measurement: "locust_worker")
        |> filter(fn: (r) => r._field == "requests_seen")
        |> last()
        |> map(
            fn: (r) => ({worker: r.worker, host: r.host, _field: "last", _value: int(v: r._time)}),
        )

// What the seconds add up to, and what the worker's own totals say.
stored =
    data(measurement: "locust_stats")
        |> filter(fn: (r) => r.name != "Aggregated" and r._field == "count")
        |> group(columns: ["worker"])
        |> sum()
        |> set(key: "_field", value: "stored")

totals =
    data(measurement: "locust_entry_point_stats")
        |> filter(fn: (r) => r.name != "Aggregated" and r._field == "count")
        |> last()
        |> group(columns: ["worker"])
        |> sum()
        |> set(key: "_field", value: "totals")

told = union(tables: [accounts, final, lately]) |> set(key: "part", value: "1 told")
added = union(tables: [stored, totals]) |> set(key: "part", value: "2 added up")

union(tables: [told, added])
    // The sums know no host: they take it from the worker's own points.
    |> group(columns: ["worker"])
    |> sort(columns: ["part"])
    |> fill(column: "host", usePrevious: true)
    |> group()
    // A stranger's points may have neither.
    |> map(
        fn: (r) =>
            ({r with worker: if exists r.worker then r.worker else "",
                host: if exists r.host then r.host else "",
            }),
    )
    |> pivot(rowKey: ["worker", "host"], columnKey: ["_field"], valueColumn: "_value")
    // What is stored was delivered, whoever sent it: a worker that was killed can't say any more that the
    // last of it was taken.
    |> map(
        fn: (r) => {
            seen = if exists r.requests_seen then r.requests_seen else 0
            stored = if exists r.stored then r.stored else 0
            said = if exists r.requests_delivered then r.requests_delivered else 0
            had = if stored < seen then stored else seen
            delivered = if said > had then said else had
            rejected = if exists r.requests_rejected then r.requests_rejected else 0
            lost = if exists r.requests_lost then r.requests_lost else 0
            rest = seen - delivered - rejected - lost

            return {
                worker: r.worker,
                host: r.host,
                seen: r.requests_seen,
                locust: r.requests_locust,
                unheard: r.requests_unheard,
                unheard_failures: r.failures_unheard,
                failures_alone: r.failures_alone,
                delivered: delivered,
                rejected: r.requests_rejected,
                lost: r.requests_lost,
                pending: if rest > 0 then rest else 0,
                points_rejected: r.points_rejected,
                points_lost: r.points_lost,
                spool_bytes: r.spool_bytes,
                final: exists r.final and r.final == 1,
                last: time(v: r.last),
                stored: stored,
                totals: if exists r.totals then r.totals else 0,
            }
        },
    )
    |> sort(columns: ["worker"])
