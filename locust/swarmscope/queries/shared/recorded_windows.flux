step = int(v: resolution)
every = duration(v: (int(v: v.windowPeriod) + step - 1) / step * step)
