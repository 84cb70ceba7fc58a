-- How the workers themselves are: a saturated one measures itself, not the target.
SELECT
    time - time % $window AS time,
    worker,
    host,
    avg(number) FILTER (field = 'cpu_percent') AS cpu_percent,
    max(number) FILTER (field = 'loop_lag_ms') AS loop_lag_ms,
    arg_max(number, samples.time) FILTER (field = 'clock_offset_ms') AS clock_offset_ms,
    arg_max(number, samples.time) FILTER (field = 'clock_corrected_ms') AS clock_corrected_ms,
    arg_max(number, samples.time) FILTER (field = 'clock_error_ms') AS clock_error_ms,
    arg_max(whole, samples.time) FILTER (field = 'rss_bytes') AS rss_bytes
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run
    AND field IN (
        'cpu_percent', 'loop_lag_ms', 'clock_offset_ms', 'clock_corrected_ms', 'clock_error_ms',
        'rss_bytes'
    )
    AND samples.time >= $from AND samples.time < $to
GROUP BY ALL
ORDER BY ALL
