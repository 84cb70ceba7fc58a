-- How many tasks each host has running or waiting, and how many that is for each processor.
WITH windowed AS (
    SELECT
        time - time % $window AS start,
        host,
        role,
        avg(number) FILTER (field = 'load1') AS load1,
        arg_max(number, time) FILTER (field = 'n_cpus') AS processors
    FROM samples
    WHERE bucket = $bucket AND measurement = 'system' AND field IN ('load1', 'n_cpus')
        AND time >= $from AND time < $to
    GROUP BY start, host, role
)
SELECT start AS time, host, role, load1, load1 / processors AS per_processor
FROM windowed
WHERE load1 IS NOT NULL AND processors IS NOT NULL
ORDER BY time, host
