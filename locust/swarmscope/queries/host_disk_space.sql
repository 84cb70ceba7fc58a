-- How full each host's file systems are.
WITH lasts AS (
    SELECT
        time - time % $window AS start,
        series,
        host,
        role,
        coalesce(tags['path'], '') AS path,
        arg_max(number, time) AS used
    FROM samples
    WHERE bucket = $bucket AND measurement = 'disk' AND field = 'used_percent'
        AND time >= $from AND time < $to
    GROUP BY ALL
)
SELECT start AS time, host, role, path, max(used) AS value
FROM lasts
GROUP BY ALL
ORDER BY ALL
