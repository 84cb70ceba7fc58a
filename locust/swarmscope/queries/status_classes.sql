-- Requests per second by class of the answer's status, over all endpoints and workers.
SELECT
    time - time % $window AS time,
    CASE
        WHEN regexp_matches(tags['status'], '^[0-9]') THEN tags['status'][1] || 'xx'
        ELSE tags['status']
    END AS class,
    sum(whole) / ($window / 1e9) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_status' AND run = $run AND field = 'count'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
