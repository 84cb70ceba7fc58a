-- How much Locust and the services under test logged, by level.
SELECT
    time - time % $window AS time,
    CASE measurement WHEN 'locust_log' THEN 'locust' ELSE 'application' END AS origin,
    coalesce(tags['level'], '') AS level,
    count(*) / ($window / 1e9) AS value
FROM samples
WHERE bucket = $bucket AND field = 'message'
    AND ((measurement = 'locust_log' AND run IN ($run, '')) OR measurement = 'app_log')
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
