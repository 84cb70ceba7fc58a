-- What each endpoint of each run came to, as the run's newest summary tells.
SELECT
    run,
    name,
    coalesce(method, '') AS method,
    arg_max(whole, time) FILTER (field = 'count') AS requests,
    coalesce(arg_max(whole, time) FILTER (field = 'num_failures'), 0) AS failures,
    arg_max(whole, time) FILTER (field = 'count')
        / nullif(arg_max(number, time) FILTER (field = 'seconds'), 0) AS requests_per_second,
    arg_max(number, time) FILTER (field = 'p50') AS p50,
    arg_max(number, time) FILTER (field = 'p95') AS p95
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_summary' AND run <> '' AND name <> 'Aggregated'
    AND field IN ('count', 'num_failures', 'seconds', 'p50', 'p95')
    AND time >= $from AND time < $to
GROUP BY run, name, coalesce(method, '')
ORDER BY run, name, method
