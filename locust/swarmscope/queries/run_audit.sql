-- What the newest audit of the run found, and the percentiles of what was stored then.
WITH judged AS (
    SELECT field, time, whole, text, number, flag
    FROM samples
    WHERE bucket = $bucket AND run = $run
        -- Both have some of the same names.
        AND (measurement = 'locust_audit'
            OR measurement = 'locust_run_summary' AND field IN ('p50', 'p95', 'p99', 'final'))
        AND time >= $from AND time < $to
)
SELECT
    arg_max(text, time) FILTER (field = 'verdict') AS verdict,
    arg_max(text, time) FILTER (field = 'said') AS said,
    arg_max(text, time) FILTER (field = 'line') AS line,
    arg_max(whole, time) FILTER (field = 'requests_seen') AS seen,
    arg_max(whole, time) FILTER (field = 'requests_stored') AS stored,
    arg_max(whole, time) FILTER (field = 'requests_missing') AS missing,
    arg_max(whole, time) FILTER (field = 'requests_delivered') AS delivered,
    arg_max(whole, time) FILTER (field = 'requests_rejected') AS rejected,
    arg_max(whole, time) FILTER (field = 'requests_lost') AS lost,
    arg_max(whole, time) FILTER (field = 'requests_pending') AS pending,
    arg_max(whole, time) FILTER (field = 'workers') AS workers,
    arg_max(whole, time) FILTER (field = 'findings') AS findings,
    arg_max(whole, time) FILTER (field = 'user_errors') AS user_errors,
    arg_max(text, time) FILTER (field = 'generators') AS generators,
    arg_max(text, time) FILTER (field = 'generators_line') AS generators_line,
    arg_max(whole, time) FILTER (field = 'judged_at') AS judged_at,
    arg_max(number, time) FILTER (field = 'p50') AS p50,
    arg_max(number, time) FILTER (field = 'p95') AS p95,
    arg_max(number, time) FILTER (field = 'p99') AS p99,
    arg_max(flag, time) FILTER (field = 'final') AS final,
    max(time) FILTER (field = 'verdict') AS time
FROM judged
HAVING count(*) FILTER (field = 'verdict') > 0
