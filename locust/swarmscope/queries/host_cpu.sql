-- CPU of each host: percent of all its processors in use.
SELECT
    time - time % $window AS time,
    host,
    role,
    100 - avg(number) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'cpu' AND field = 'usage_idle'
    AND tags['cpu'] = 'cpu-total'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
