// What workers told of the endpoints that are shown, beside their histograms.
told = (field, fn) =>
    data(measurement: stats_points)
        |> filter(fn: (r) => r._field == field)
        |> group(columns: ["name", "method"])
        |> fn()
        |> filter(fn: (r) => r.name =~ chosen or r.name =~ endpoint)
        |> map(
            fn: (r) =>
                ({
                    name: r.name,
                    method: if exists r.method then r.method else "",
                    statistic: field,
                    _value: float(v: r._value),
                }),
        )
