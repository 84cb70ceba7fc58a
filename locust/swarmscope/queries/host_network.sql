-- Bytes per second that each interface of a host receives and sends.
WITH counters AS (
    FROM samples
    WHERE bucket = $bucket AND measurement = 'net' AND field IN ('bytes_recv', 'bytes_sent')
        AND time >= $from - $window AND time < $to
)
SELECT
    start AS time,
    host,
    role,
    coalesce(interface, '') AS interface,
    CASE field WHEN 'bytes_recv' THEN 'received' ELSE 'sent' END AS direction,
    per_second AS value
FROM counter_rates(counters, $from, $window)
ORDER BY time, host, interface, direction
