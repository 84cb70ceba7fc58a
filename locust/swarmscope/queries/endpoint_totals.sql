-- Totals of each endpoint over the whole range, merged over workers and seconds.
WITH per_series AS (
    -- By series first: grouping millions of rows by name costs ten times as much.
    SELECT
        series,
        any_value(measurement) AS measurement,
        any_value(name) AS name,
        any_value(method) AS method,
        field,
        sum(number) AS total,
        min(number) AS least,
        max(number) AS most,
        min(time) AS first,
        max(time) AS last
    FROM samples
    WHERE bucket = $bucket AND measurement IN ('locust_stats', 'locust_latency') AND run = $run
        AND time >= $from AND time < $to
    GROUP BY series, field
),
-- The run's own seconds within the range, so that a wider range doesn't thin the rate.
span AS (
    SELECT (max(last) - min(first)) / 1e9 + 1 AS seconds
    FROM per_series
    WHERE measurement = 'locust_stats' AND name = 'Aggregated' AND field = 'count'
),
endpoints AS (
    SELECT
        name,
        method,
        -- Means can't be merged, sums can.
        sum(total) FILTER (measurement = 'locust_stats' AND field = 'count') AS requests,
        sum(total) FILTER (measurement = 'locust_stats' AND field = 'num_failures') AS failures,
        sum(total) FILTER (field = 'total_response_time') AS response_time,
        sum(total) FILTER (field = 'total_content_length') AS content_length,
        min(least) FILTER (field = 'min_response_time') AS shortest,
        max(most) FILTER (field = 'max_response_time') AS longest,
        -- Requests that had a response time at all: Locust lets it be None.
        sum(total) FILTER (measurement = 'locust_latency') AS timed
    FROM per_series
    WHERE name <> 'Aggregated'
    GROUP BY name, method
)
SELECT
    name,
    method,
    requests::BIGINT AS requests,
    failures::BIGINT AS failures,
    response_time / timed AS avg_response_time,
    shortest AS min_response_time,
    longest AS max_response_time,
    requests / span.seconds AS requests_per_second,
    content_length / requests AS avg_content_length
FROM endpoints, span
WHERE requests > 0
ORDER BY name, method
