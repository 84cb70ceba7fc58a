-- How many requests of each endpoint took how long, and of all together.
SELECT name, method, bound, saturated(sum(whole)) AS requests
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
    AND json_contains(to_json(tags), $tags)
    AND time >= $from AND time < $to
GROUP BY name, method, bound
HAVING requests > 0
ORDER BY name, method, bound
