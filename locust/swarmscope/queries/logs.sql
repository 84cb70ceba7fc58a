-- What Locust and the services under test logged: the newest thousand lines.
SELECT
    time,
    CASE measurement WHEN 'locust_log' THEN 'locust' ELSE 'application' END AS origin,
    coalesce(tags['level'], '') AS level,
    coalesce(tags['source'], tags['service'], '') AS source,
    CASE measurement WHEN 'locust_log' THEN worker ELSE host END AS sender,
    text AS message
FROM samples
WHERE bucket = $bucket AND field = 'message'
    AND (
        -- Records from before a process's first run belong to no run: they may say why there is none.
        (measurement = 'locust_log' AND run IN ($run, ''))
        OR measurement = 'app_log'
    )
    AND time >= $from AND time < $to
ORDER BY time DESC, origin DESC, source DESC, sender DESC, level DESC
LIMIT 1000
