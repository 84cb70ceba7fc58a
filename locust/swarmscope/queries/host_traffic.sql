-- Bytes per second that each host receives and sends over its network cards together.
WITH counters AS (
    FROM samples
    WHERE bucket = $bucket AND measurement = 'net' AND field IN ('bytes_recv', 'bytes_sent')
        AND is_network_card(tags['interface'])
        AND time >= $from - $window AND time < $to
)
SELECT
    start AS time,
    host,
    role,
    CASE field WHEN 'bytes_recv' THEN 'received' ELSE 'sent' END AS direction,
    sum(per_second) AS value
FROM counter_rates(counters, $from, $window)
GROUP BY ALL
ORDER BY time, host, direction
