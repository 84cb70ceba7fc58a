-- What the windows of each endpoint add up to, and of all together.
SELECT
    name,
    method,
    min(time) FILTER (field = 'count') // 1000000 * 1000000 AS start,
    max(time) FILTER (field = 'count') // 1000000 * 1000000 AS last,
    saturated(sum(whole) FILTER (field = 'count')) AS requests,
    saturated(sum(whole) FILTER (field = 'num_failures')) AS failures,
    saturated(coalesce(sum(whole) FILTER (field = 'untimed'), 0)) AS untimed,
    sum(number) FILTER (field = 'total_response_time') AS total_response_time,
    min(number) FILTER (field = 'min_response_time') AS shortest,
    max(number) FILTER (field = 'max_response_time') AS longest,
    sum(number) FILTER (field = 'total_content_length') AS total_content_length
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
    AND time >= $from AND time < $to
GROUP BY name, method
HAVING requests IS NOT NULL
ORDER BY name, method
