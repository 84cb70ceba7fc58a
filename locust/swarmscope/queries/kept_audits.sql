-- What the newest audit of each run found that began in the range.
WITH kept AS (
    SELECT
        run,
        arg_max(text, time) FILTER (field = 'verdict') AS verdict,
        arg_max(text, time) FILTER (field = 'said') AS said,
        arg_max(text, time) FILTER (field = 'line') AS line,
        arg_max(whole, time) FILTER (field = 'requests_seen') AS seen,
        arg_max(whole, time) FILTER (field = 'requests_delivered') AS delivered,
        arg_max(whole, time) FILTER (field = 'requests_rejected') AS rejected,
        arg_max(whole, time) FILTER (field = 'requests_lost') AS lost,
        arg_max(whole, time) FILTER (field = 'requests_pending') AS pending,
        arg_max(flag, time) FILTER (field = 'final') AS final,
        arg_max(whole, time) FILTER (field = 'count') AS requests,
        arg_max(whole, time) FILTER (field = 'until') AS until,
        arg_max(number, time) FILTER (field = 'p95') AS p95
    FROM samples
    WHERE bucket = $bucket AND run <> '' AND time >= $from AND time < $to
        AND (measurement = 'locust_audit'
            OR measurement = 'locust_run_summary' AND field IN ('final', 'count', 'until', 'p95'))
    GROUP BY run
)
SELECT * REPLACE (until * 1000000 AS until)
FROM kept
WHERE verdict IS NOT NULL
ORDER BY run
