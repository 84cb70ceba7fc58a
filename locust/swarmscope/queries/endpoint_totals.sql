-- Totals of each endpoint over the whole range, merged over workers and seconds.
WITH endpoints AS (
    SELECT
        name,
        method,
        -- Means can't be merged, sums can.
        sum(whole) FILTER (field = 'count') AS requests,
        sum(whole) FILTER (field = 'num_failures') AS failures,
        -- Requests that had no response time: Locust lets it be None.
        coalesce(sum(whole) FILTER (field = 'untimed'), 0) AS untimed,
        sum(number) FILTER (field = 'total_response_time') AS response_time,
        sum(whole) FILTER (field = 'total_content_length') AS content_length,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name <> 'Aggregated'
        AND time >= $from AND time < $to
    GROUP BY name, method
),
-- A run of former times doesn't say how many these were; its histograms have the others, by the
-- second. Those of spans may have more than the range, or not yet all of it.
recorded AS (
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
),
-- The run's own seconds within the range, so that a wider range doesn't thin the rate.
span AS (
    SELECT (max(time)::HUGEINT - min(time)) / 1e9 + 1 AS seconds
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name = 'Aggregated' AND field = 'count'
        AND time >= $from AND time < $to
)
SELECT
    name,
    method,
    saturated(requests) AS requests,
    saturated(failures) AS failures,
    response_time / CASE WHEN in_spans THEN requests - untimed ELSE timed END AS avg_response_time,
    shortest AS min_response_time,
    longest AS max_response_time,
    requests / span.seconds AS requests_per_second,
    content_length / requests AS avg_content_length
FROM endpoints
LEFT JOIN answered USING (name, method)
CROSS JOIN span
CROSS JOIN recorded
WHERE requests > 0
ORDER BY name, method
