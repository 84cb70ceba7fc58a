import "array"

// The bucket that outlives the seconds, where there is one that may be read: a bucket that isn't there,
// or may not be read, is not in the list.
long = "loadtest_long"
readable =
    buckets()
        |> filter(fn: (r) => r.name == long)
        |> findColumn(fn: (key) => true, column: "name")

array.from(rows: [{_value: if length(arr: readable) > 0 then long else v.defaultBucket}])
