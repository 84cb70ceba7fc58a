-- Requests and failures of each endpoint over the whole range, from its sums alone: what says how many
-- of its requests had a response time is its histograms, which are a hundred times as many values.
WITH endpoints AS (
    SELECT
        name,
        method,
        sum(whole) FILTER (field = 'count') AS requests,
        sum(whole) FILTER (field = 'num_failures') AS failures,
        sum(whole) FILTER (field = 'total_content_length') AS content_length,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
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
    longest AS max_response_time,
    requests / span.seconds AS requests_per_second,
    content_length / requests AS avg_content_length
FROM endpoints
CROSS JOIN span
WHERE requests > 0
ORDER BY name, method
