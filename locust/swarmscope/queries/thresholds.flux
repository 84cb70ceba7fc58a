// They stand where their run began, which may be before the range that a board shows, or behind it.
earliest = v.timeRangeStart
latest = v.timeRangeStop

// Answers tell no empty text from none.
said = (text) => if exists text and text != "" then text else "-"

told =
    from(bucket: v.defaultBucket)
        |> range(start: earliest, stop: latest)
        |> filter(fn: (r) => r._measurement == "locust_threshold" and r.run == "${run}")
        |> filter(fn: (r) => r.number =~ /^[0-9]{1,9}$/)
        |> last()
        |> map(fn: (r) => ({r with _time: v.timeRangeStop}))
        |> group(columns: ["number", "_field"])
        // Texts and numbers become columns of one row.
        |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")
        |> group()

newest =
    told
        |> max(column: "judged_at")
        |> findColumn(fn: (key) => true, column: "judged_at")

told
    // Others are of an older judgement, which had more.
    |> filter(fn: (r) => r.judged_at == newest[0])
    |> map(
        fn: (r) =>
            ({
                number: int(v: r.number),
                threshold: r.threshold,
                severity: r.severity,
                outcome: r.outcome,
                shown: said(text: r.shown),
                endpoint: said(text: r.endpoint),
                why: said(text: r.why),
                metric: r.metric,
                bound: r.limit,
                unit: r.unit,
                scope: r.scope,
                scope_name: said(text: r.name),
                scope_method: said(text: r.method),
                judged_at: r.judged_at,
            }),
    )
    |> sort(columns: ["number"])
