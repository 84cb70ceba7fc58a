-- How many requests took how long: twelve of the recorded buckets together, whose bounds are
-- 1.02^i ms, make ten rows for a factor of ten.
WITH ranked AS (
    SELECT
        time - time % $window AS time,
        ceil(round(ln(bound) / ln(1.02::DOUBLE)) / 12) AS rank,
        whole
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND name = 'Aggregated' AND whole > 0
        -- Of what is no time there is no logarithm.
        AND bound > 0 AND isfinite(bound)
        AND samples.time >= $from AND samples.time < $to
)
SELECT time, pow(1.02::DOUBLE, rank * 12) AS bound, saturated(sum(whole)) AS value
FROM ranked
GROUP BY time, rank
ORDER BY time, bound
