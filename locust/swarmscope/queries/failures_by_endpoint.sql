-- Failures per second of the ten endpoints with the most, and of all others together, over all
-- workers.
WITH each AS (
    SELECT
        time - time % $window AS start,
        name,
        method,
        sum(whole) AS failures
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_exception_stats' AND run = $run
        AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY ALL
),
most AS (
    SELECT name, method
    FROM each
    GROUP BY name, method
    ORDER BY sum(failures) DESC, name, method
    LIMIT 10
)
SELECT
    start AS time,
    CASE WHEN most.name IS NULL THEN '(others)' ELSE each.name END AS name,
    CASE WHEN most.name IS NULL THEN '' ELSE each.method END AS method,
    sum(failures) / ($window / 1e9) AS value
FROM each
LEFT JOIN most ON each.name = most.name AND each.method = most.method
GROUP BY ALL
ORDER BY ALL
