-- Exceptions of users' own code, with one traceback of many: the newest, and the last worker's.
WITH errors AS (
    SELECT
        coalesce(tags['user_class'], '') AS user_class,
        coalesce(tags['exception'], '') AS exception,
        coalesce(tags['place'], '') AS place,
        worker,
        time,
        whole,
        text,
        field
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_user_error' AND run = $run
        AND field IN ('count', 'message')
        AND time >= $from AND time < $to
)
SELECT
    user_class,
    exception,
    place,
    saturated(sum(whole)) AS count,
    arg_max(text, (time, worker)) FILTER (field = 'message') AS message
FROM errors
GROUP BY user_class, exception, place
ORDER BY count DESC, user_class, exception, place
