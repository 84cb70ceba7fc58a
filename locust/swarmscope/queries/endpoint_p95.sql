-- The 95th percentile of each of the ten busiest endpoints, merged over the workers.
WITH busiest AS (
    SELECT name
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name <> 'Aggregated' AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY name
    ORDER BY sum(whole) DESC, name
    LIMIT 10
),
buckets AS (
    SELECT time - time % $window AS start, name, method, bound, sum(whole)::BIGINT AS count
    FROM samples
    JOIN busiest USING (name)
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY start, name, method, bound
),
ranked AS (
    SELECT
        start,
        name,
        method,
        bound,
        count,
        sum(count) OVER (PARTITION BY start, name, method ORDER BY bound) AS reached,
        sum(count) OVER (PARTITION BY start, name, method) AS total,
        -- From the previous bound that is present: an empty neighbour is written for that.
        lag(bound, 1, 0.0) OVER (PARTITION BY start, name, method ORDER BY bound) AS lower
    FROM buckets
),
quantiles AS (
    SELECT
        start,
        name,
        method,
        -- The bucket in which the rank falls is the first whose running count reaches it.
        arg_min(lower + (bound - lower) * (0.95 * total - (reached - count)) / count, bound) AS ms
    FROM ranked
    WHERE count > 0 AND reached >= 0.95::DOUBLE * total
    GROUP BY start, name, method
),
-- Of the whole range, not of each window: with that Flux would take a third longer.
outermost AS (
    SELECT
        name,
        method,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    JOIN busiest USING (name)
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
    GROUP BY name, method
)
SELECT
    start AS time,
    name,
    method,
    -- A bucket's bounds may lie outside of all that was measured: what was is known to the digit.
    greatest(least(ms, longest), shortest) AS p95
FROM quantiles
LEFT JOIN outermost USING (name, method)
ORDER BY time, name, method
