-- What each host's processors do, and how long they wait for disks or for other guests.
SELECT
    time - time % $window AS time,
    host,
    role,
    substr(field, 7) AS mode,
    avg(number) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'cpu' AND tags['cpu'] = 'cpu-total'
    AND field IN ('usage_user', 'usage_nice', 'usage_system', 'usage_iowait', 'usage_steal')
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
