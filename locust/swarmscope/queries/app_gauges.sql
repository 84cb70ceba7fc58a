-- What services under test tell of themselves: the mean of each number in each window.
SELECT
    time - time % $window AS time,
    coalesce(tags['service'], '') AS service,
    field AS gauge,
    avg(number) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'app_gauges' AND number IS NOT NULL
    AND samples.time >= $from AND samples.time < $to
GROUP BY ALL
ORDER BY ALL
