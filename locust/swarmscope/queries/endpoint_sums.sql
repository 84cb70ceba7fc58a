-- What the windows of each endpoint add up to, and of all together.
SELECT
    name,
    method,
    first // 1000000 * 1000000 AS start,
    last // 1000000 * 1000000 AS last,
    saturated(requests) AS requests,
    saturated(failures) AS failures,
    saturated(untimed) AS untimed,
    response_time AS total_response_time,
    shortest,
    longest,
    content_length AS total_content_length
FROM sums_of_endpoints($bucket, $run, $from, $to, $tags)
WHERE requests IS NOT NULL
ORDER BY name, method
