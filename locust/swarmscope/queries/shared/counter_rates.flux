    // Each window's last point, with its own time: the rate is the growth since the last point of
    // the window before. A counter that went backwards (a reboot) gives none.
    |> window(every: every)
    |> last()
    |> window(every: inf)
    |> derivative(unit: 1s, nonNegative: true)
    |> filter(fn: (r) => exists r._value and r._time >= v.timeRangeStart)
