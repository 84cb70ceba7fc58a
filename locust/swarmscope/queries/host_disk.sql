-- Bytes per second that each host reads and writes, over all its devices.
WITH counters AS (
    FROM samples
    WHERE bucket = $bucket AND measurement = 'diskio' AND field IN ('read_bytes', 'write_bytes')
        AND time >= $from - $window AND time < $to
)
SELECT
    start AS time,
    host,
    role,
    CASE field WHEN 'read_bytes' THEN 'read' ELSE 'written' END AS direction,
    sum(per_second) AS value
FROM counter_rates(counters, $from, $window)
GROUP BY ALL
ORDER BY ALL
