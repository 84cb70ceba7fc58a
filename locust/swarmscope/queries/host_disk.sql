-- Bytes per second that each host reads and writes, over all its devices.
WITH lasts AS (
    -- Of each counter the last value in the window, with its own time.
    SELECT
        time - time % $window AS start,
        series,
        field,
        any_value(host) AS host,
        any_value(role) AS role,
        max(time) AS moment,
        arg_max(number, time) AS bytes
    FROM samples
    WHERE bucket = $bucket AND measurement = 'diskio' AND field IN ('read_bytes', 'write_bytes')
        -- One window earlier, so that the first one has a value to grow from.
        AND time >= $from - $window AND time < $to
    GROUP BY start, series, field
),
growth AS (
    SELECT
        start,
        host,
        role,
        field,
        moment,
        bytes - lag(bytes) OVER counter AS grown,
        (moment - lag(moment) OVER counter) / 1e9 AS seconds
    FROM lasts
    WINDOW counter AS (PARTITION BY series, field ORDER BY moment)
)
SELECT
    start AS time,
    host,
    role,
    CASE field WHEN 'read_bytes' THEN 'read' ELSE 'written' END AS direction,
    sum(grown / seconds) AS value
FROM growth
-- A counter that went backwards (a reboot) gives no rate.
WHERE grown >= 0 AND moment >= $from
GROUP BY ALL
ORDER BY ALL
