-- Failures per second of the ten kinds with the most, and of all others together, over all workers.
-- A kind is one row of the table of failures.
WITH each AS (
    SELECT
        time - time % $window AS start,
        name,
        method,
        coalesce(tags['status'], '') AS status,
        coalesce(tags['exception'], '') AS exception,
        coalesce(tags['reason'], '') AS reason,
        sum(whole) AS failures
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_exception_stats' AND run = $run
        AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY ALL
),
most AS (
    SELECT name, method, status, exception, reason, true AS apart
    FROM each
    GROUP BY name, method, status, exception, reason
    ORDER BY sum(failures) DESC, name, method, status, exception, reason
    LIMIT 10
)
SELECT
    start AS time,
    CASE WHEN apart THEN name ELSE '(others)' END AS name,
    CASE WHEN apart THEN method ELSE '' END AS method,
    CASE WHEN apart THEN status ELSE '' END AS status,
    CASE WHEN apart THEN exception ELSE '' END AS exception,
    CASE WHEN apart THEN reason ELSE '' END AS reason,
    sum(failures) / ($window / 1e9) AS value
FROM each
LEFT JOIN most USING (name, method, status, exception, reason)
GROUP BY ALL
ORDER BY ALL
