// Whole seconds, never below the resolution: a shorter window would multiply a rate.
every = duration(v: (int(v: v.windowPeriod) + 999999999) / 1000000000 * 1000000000)
