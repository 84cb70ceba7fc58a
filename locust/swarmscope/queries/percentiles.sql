-- Percentiles of the response times of all endpoints, merged over the workers.
WITH buckets AS (
    SELECT time - time % $window AS start, bound, sum(whole)::BIGINT AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND name = 'Aggregated'
        AND time >= $from AND time < $to
    GROUP BY start, bound
),
ranked AS (
    SELECT
        start,
        bound,
        count,
        sum(count) OVER (PARTITION BY start ORDER BY bound) AS reached,
        sum(count) OVER (PARTITION BY start) AS total,
        -- From the previous bound that is present: an empty neighbour is written for that.
        lag(bound, 1, 0.0) OVER (PARTITION BY start ORDER BY bound) AS lower
    FROM buckets
),
quantiles AS (
    SELECT
        start,
        q,
        -- The bucket in which the rank falls is the first whose running count reaches it.
        arg_min(lower + (bound - lower) * (q * total - (reached - count)) / count, bound) AS ms
    FROM ranked, (VALUES (0.5::DOUBLE), (0.95), (0.99)) AS wanted (q)
    WHERE count > 0 AND reached >= q * total
    GROUP BY start, q
),
outermost AS (
    SELECT
        time - time % $window AS start,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name = 'Aggregated' AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
    GROUP BY start
),
-- A bucket's bounds may lie outside of all that was measured: what was is known to the digit.
known AS (
    SELECT start, q, greatest(least(ms, longest), shortest) AS ms
    FROM quantiles
    LEFT JOIN outermost USING (start)
),
percentiles AS (
    SELECT
        start,
        max(ms) FILTER (q = 0.5) AS p50,
        max(ms) FILTER (q = 0.95) AS p95,
        max(ms) FILTER (q = 0.99) AS p99
    FROM known
    GROUP BY start
)
SELECT start AS time, p50, p95, p99, longest AS max
FROM percentiles
FULL JOIN outermost USING (start)
ORDER BY start
