import "json"
import "types"

from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(
        fn: (r) =>
            r.run == "${run}" or not exists r.run and r._measurement
                    =~
                    /^(cpu|mem|disk|diskio|net|system|event)$/,
    )
    |> map(
        fn: (r) =>
            ({
                time_ns: int(v: r._time),
                measurement: r._measurement,
                tags: string(v: json.encode(v: r)),
                field: r._field,
                type:
                    if types.isType(v: r._value, type: "string") then
                        "string"
                    else if types.isType(v: r._value, type: "bool") then
                        "boolean"
                    else if types.isType(v: r._value, type: "int") then
                        "integer"
                    else if types.isType(v: r._value, type: "uint") then
                        "unsigned"
                    else
                        "float",
                number:
                    if types.isType(v: r._value, type: "string") then
                        0.0
                    else
                        float(v: r._value),
                // Whole numbers, too: a float holds none past 2^53.
                text:
                    if types.isType(v: r._value, type: "string") or types.isType(
                                v: r._value,
                                type: "int",
                            ) or types.isType(v: r._value, type: "uint")
                    then
                        string(v: r._value)
                    else
                        "",
            }),
    )
    |> group()
    |> sort(columns: ["time_ns", "measurement", "tags", "field"])
