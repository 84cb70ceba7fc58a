-- Users of each class: of each worker what it had last in the window.
WITH lasts AS (
    SELECT
        time - time % $window AS start,
        series,
        coalesce(any_value(tags['user_class']), '') AS user_class,
        arg_max(whole, time) AS users
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_users' AND run = $run
        -- The master writes target_count, not count: it isn't added up here.
        AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY start, series
)
SELECT start AS time, user_class, saturated(sum(users)) AS value
FROM lasts
GROUP BY ALL
ORDER BY ALL
