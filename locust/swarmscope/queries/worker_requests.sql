-- Requests per second of each worker.
SELECT
    time,
    worker,
    sum(whole) / ($window / 1e9) AS value
FROM counted_windows($bucket, $run, $from, $to, $window, 'count')
GROUP BY ALL
ORDER BY ALL
