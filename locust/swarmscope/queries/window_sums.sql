-- What each window of each endpoint adds up to, and of all together.
SELECT
    time - time % $window AS time,
    name,
    method,
    saturated(sum(whole) FILTER (field = 'count')) AS requests,
    coalesce(saturated(sum(whole) FILTER (field = 'num_failures')), 0) AS failures,
    coalesce(saturated(sum(whole) FILTER (field = 'untimed')), 0) AS untimed,
    sum(number) FILTER (field = 'total_response_time') AS total_response_time,
    min(number) FILTER (field = 'min_response_time') AS shortest,
    max(number) FILTER (field = 'max_response_time') AS longest
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
    AND json_contains(to_json(tags), $tags)
    AND time >= $from AND time < $to
GROUP BY time - time % $window, name, method
HAVING requests IS NOT NULL
ORDER BY time, name, method
