step = int(v: if "Aggregated" =~ endpoint then resolution else endpoint_resolution)
every = duration(v: (int(v: v.windowPeriod) + step - 1) / step * step)
