-- How the requests of the ten busiest endpoints fared, and of all together, by Apdex: T satisfies, up to
-- 4 T is tolerated, and what is slower or failed frustrates. docs/decisions/025-response-ranges.md says
-- where between two buckets the limits lie, and what becomes of failures that nobody told apart.
WITH busiest AS (
    FROM busiest_endpoints($bucket, $run, $from, $to)
),
told AS (
    SELECT
        measurement = 'locust_failed_latency' AS of_failed,
        CASE
            WHEN measurement = 'locust_stats' THEN field
            WHEN bound <= 1.01::DOUBLE * $apdex_t THEN 'fast'
            WHEN bound <= 4.04::DOUBLE * $apdex_t THEN 'bearable'
            ELSE 'slow'
        END AS what,
        name,
        method,
        whole
    FROM samples
    WHERE bucket = $bucket AND run = $run AND time >= $from AND time < $to
        AND (measurement IN ('locust_latency', 'locust_failed_latency')
            OR measurement = 'locust_stats' AND field IN ('count', 'num_failures'))
        AND (name = 'Aggregated' OR name IN (SELECT name FROM busiest))
),
sums AS (
    SELECT
        name,
        method,
        coalesce(sum(whole) FILTER (what = 'count'), 0) AS requests,
        coalesce(sum(whole) FILTER (what = 'num_failures'), 0) AS failures,
        coalesce(sum(whole) FILTER (what = 'fast' AND NOT of_failed), 0) AS fast,
        coalesce(sum(whole) FILTER (what = 'bearable' AND NOT of_failed), 0) AS bearable,
        coalesce(sum(whole) FILTER (what = 'slow' AND NOT of_failed), 0) AS slower,
        coalesce(sum(whole) FILTER (what = 'fast' AND of_failed), 0) AS failed_fast,
        coalesce(sum(whole) FILTER (what = 'bearable' AND of_failed), 0) AS failed_bearable,
        coalesce(sum(whole) FILTER (what = 'slow' AND of_failed), 0) AS failed_slower
    FROM told
    GROUP BY name, method
    HAVING fast + bearable + slower > 0
),
-- Failures whose time nobody told: as many as can be are among the requests that have none.
unplaced AS (
    SELECT
        *,
        greatest(
            0,
            failures - failed_fast - failed_bearable - failed_slower
                - greatest(0, requests - fast - bearable - slower)
        ) AS quick
    FROM sums
),
succeeded AS (
    SELECT
        name,
        method,
        failures,
        greatest(0, fast - failed_fast - quick) AS to_t,
        greatest(to_t, fast + bearable - failed_fast - failed_bearable - quick) AS to_4t,
        greatest(
            to_4t,
            fast + bearable + slower - failed_fast - failed_bearable - failed_slower - quick
        ) AS together
    FROM unplaced
)
SELECT
    name,
    method,
    saturated(to_t) AS satisfied,
    saturated(to_4t - to_t) AS tolerating,
    saturated(together - to_4t) AS slow,
    saturated(failures) AS failed,
    (to_t + to_4t) / 2 / (together + failures) AS apdex
FROM succeeded
WHERE together + failures > 0
ORDER BY name, method
