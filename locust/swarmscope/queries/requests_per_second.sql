-- Requests per second over all endpoints and workers.
SELECT
    time,
    sum(whole) / ($window / 1e9) AS value
FROM counted_windows($bucket, $run, $from, $to, $window, 'count')
GROUP BY ALL
ORDER BY ALL
