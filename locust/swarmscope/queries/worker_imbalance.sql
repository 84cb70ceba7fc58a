-- How evenly the users are dealt out: of the workers in each window the one with the most, and the
-- one with the least.
WITH lasts AS (
    SELECT time - time % $window AS start, worker, series, arg_max(whole, time) AS users
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_users' AND run = $run
        AND worker <> 'master' AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY start, worker, series
),
crews AS (
    SELECT start, worker, saturated(sum(users)) AS users
    FROM lasts
    GROUP BY start, worker
)
SELECT start AS time, max(users) AS most, min(users) AS least, avg(users) AS average
FROM crews
GROUP BY start
HAVING sum(users) > 0
ORDER BY time
