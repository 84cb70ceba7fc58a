-- How often each endpoint was answered with which status; together its requests.
SELECT
    name,
    method,
    coalesce(tags['status'], '') AS status,
    saturated(sum(whole)) AS requests
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_status' AND run = $run AND field = 'count'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
