-- What happened to the run, for markers.
SELECT
    time,
    coalesce(any_value(tags['event']), '') AS event,
    any_value(text) FILTER (field = 'message') AS message,
    any_value(whole) FILTER (field = 'user_count') AS user_count,
    any_value(text) FILTER (field = 'subject') AS subject,
    any_value(whole) FILTER (field = 'requests') AS requests
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
    AND field IN ('message', 'user_count', 'subject', 'requests')
    AND time >= $from AND time < $to
GROUP BY time, series
ORDER BY time, event
