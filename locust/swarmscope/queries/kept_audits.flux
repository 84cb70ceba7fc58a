// What is kept of each run stands where it began.
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(
        fn: (r) =>
            r._measurement == "locust_run_summary" and r._field =~ /^(final|count|until|p95)$/
                or
                r._measurement == "locust_audit" and r._field
                    =~
                    /^(verdict|said|line|requests_(seen|delivered|rejected|lost|pending))$/,
    )
    // One table for each field: numbers and texts can't be in one column.
    |> group(columns: ["_field"])
    |> keep(columns: ["run", "_field", "_value"])
    |> pivot(rowKey: ["run"], columnKey: ["_field"], valueColumn: "_value")
    |> group()
    |> map(
        fn: (r) =>
            ({
                run: r.run,
                verdict: r.verdict,
                said: r.said,
                line: r.line,
                seen: r.requests_seen,
                delivered: r.requests_delivered,
                rejected: r.requests_rejected,
                lost: r.requests_lost,
                pending: r.requests_pending,
                final: r.final,
                requests: r.count,
                until: time(v: r.until * 1000000),
                p95: r.p95,
            }),
    )
    |> filter(fn: (r) => exists r.verdict)
    |> sort(columns: ["run"])
