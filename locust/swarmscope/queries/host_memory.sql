-- Memory of each host: percent in use.
SELECT
    time - time % $window AS time,
    host,
    role,
    avg(number) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'mem' AND field = 'used_percent'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
