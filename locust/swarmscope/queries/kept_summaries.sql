-- What the newest summary of each endpoint says, and with which tags.
SELECT
    any_value(name) AS name,
    any_value(method) AS method,
    to_json(any_value(tags))::VARCHAR AS tags,
    max(time) AS time,
    arg_max(whole, time) AS requests
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_summary' AND run = $run AND field = 'count'
    AND time >= $from AND time < $to
GROUP BY series
ORDER BY name, method, time
