// Of a run that goes on the window that is being filled is drawn as well, over as many seconds as any other,
// up to the newest one that is stored. With its own alone it would look like a drop, or jump up and down if
// it were divided by their number. So until it is whole it has seconds of the one before it, too.
filled = int(v: stored_to)
filling = filled / int(v: every) * int(v: every)

// What comes of it in two pieces falls into one window: who asks puts windows of several workers together.
windows = (read, fn) => {
    between = (start, stop) =>
        read(start: start, stop: stop)
            |> aggregateWindow(every: every, fn: fn, createEmpty: false, timeSrc: "_start")
    newest = () =>
        between(start: time(v: filled - int(v: every)), stop: stored_to)
            |> timeShift(
                duration: duration(v: filling + int(v: every) - filled),
                columns: ["_time"],
            )
    whole_ones = between(start: drawn_from, stop: drawn_to)

    return if stored_to > drawn_to then union(tables: [whole_ones, newest()]) else whole_ones
}
