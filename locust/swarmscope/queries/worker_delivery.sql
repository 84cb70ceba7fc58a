-- What each worker still had to deliver, and what it could not.
SELECT
    time - time % $window AS time,
    worker,
    field,
    arg_max(whole, samples.time) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run AND worker <> 'master'
    AND field IN (
        'requests_pending', 'requests_lost', 'requests_rejected',
        'points_written', 'points_retried', 'spool_bytes'
    )
    AND samples.time >= $from AND samples.time < $to
GROUP BY 1, worker, field
ORDER BY 1, worker, field
