-- Failures of each kind, with one message of many: the newest, and the last worker's of one second.
WITH failures AS (
    SELECT
        name,
        method,
        coalesce(tags['exception'], '') AS exception,
        coalesce(tags['status'], '') AS status,
        coalesce(tags['reason'], '') AS reason,
        worker,
        time,
        whole,
        text,
        field
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_exception_stats' AND run = $run
        AND field IN ('count', 'message')
        AND time >= $from AND time < $to
)
SELECT
    name,
    method,
    exception,
    status,
    reason,
    saturated(sum(whole)) AS failures,
    arg_max(text, (time, worker)) FILTER (field = 'message') AS message
FROM failures
GROUP BY name, method, exception, status, reason
ORDER BY failures DESC, name, method, exception, status, reason
