-- Totals of each endpoint over the whole range, merged over workers and seconds.
-- A run of former times doesn't say how many had no response time; its histograms have the others,
-- by the second. Those of spans may have more than the range, or not yet all of it.
WITH recorded AS (
    SELECT count(*) > 0 AS in_spans
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
        AND field = 'latency_resolution'
),
answered AS (
    SELECT name, method, sum(whole) AS timed
    FROM samples
    CROSS JOIN recorded
    WHERE NOT in_spans AND bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND name <> 'Aggregated'
        AND time >= $from AND time < $to
    GROUP BY name, method
)
SELECT
    name,
    method,
    saturated(requests) AS requests,
    saturated(failures) AS failures,
    response_time / CASE WHEN in_spans THEN requests - untimed ELSE timed END AS avg_response_time,
    shortest AS min_response_time,
    longest AS max_response_time,
    requests / seconds AS requests_per_second,
    content_length / requests AS avg_content_length
FROM sums_of_endpoints($bucket, $run, $from, $to, '{}')
LEFT JOIN answered USING (name, method)
CROSS JOIN run_seconds($bucket, $run, $from, $to)
CROSS JOIN recorded
WHERE name <> 'Aggregated' AND requests > 0
ORDER BY name, method
