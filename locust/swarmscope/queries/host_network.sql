-- Bytes per second that each interface of a host receives and sends.
WITH lasts AS (
    -- Of each counter the last value in the window, with its own time.
    SELECT
        time - time % $window AS start,
        series,
        field,
        any_value(host) AS host,
        any_value(role) AS role,
        coalesce(any_value(tags['interface']), '') AS interface,
        max(time) AS moment,
        arg_max(number, time) AS bytes
    FROM samples
    WHERE bucket = $bucket AND measurement = 'net' AND field IN ('bytes_recv', 'bytes_sent')
        -- One window earlier, so that the first one has a value to grow from.
        AND time >= $from - $window AND time < $to
    GROUP BY start, series, field
),
growth AS (
    SELECT
        start,
        host,
        role,
        interface,
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
    interface,
    CASE field WHEN 'bytes_recv' THEN 'received' ELSE 'sent' END AS direction,
    grown / seconds AS value
FROM growth
-- A counter that went backwards (a reboot) gives no rate.
WHERE grown >= 0 AND moment >= $from
ORDER BY time, host, interface, direction
