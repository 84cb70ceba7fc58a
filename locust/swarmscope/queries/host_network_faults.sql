-- Packets per second that each host's network cards dropped or found damaged.
WITH counters AS (
    FROM samples
    WHERE bucket = $bucket AND measurement = 'net' AND field IN ('err_in', 'err_out', 'drop_in', 'drop_out')
        AND is_network_card(tags['interface'])
        AND time >= $from - $window AND time < $to
)
SELECT
    start AS time,
    host,
    role,
    CASE WHEN field LIKE 'err%' THEN 'damaged' ELSE 'dropped' END AS fault,
    sum(per_second) AS value
FROM counter_rates(counters, $from, $window)
GROUP BY ALL
ORDER BY time, host, fault
