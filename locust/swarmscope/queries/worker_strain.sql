-- Of each worker how many seconds it was over a limit of schema/limits.py: its response times then are its
-- own. The master sends no load.
WITH health AS (
    SELECT worker, host, field, time, number
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run AND worker <> 'master'
        AND field IN ('cpu_percent', 'loop_lag_ms')
        AND time >= $from AND time < $to
),
steps AS (
    SELECT
        time,
        max(whole) FILTER (field = 'user_count')::DOUBLE AS users,
        max(number) FILTER (field = 'spawn_rate') AS rate
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
        AND tags['event'] = 'step' AND field IN ('user_count', 'spawn_rate')
        AND time >= $from AND time < $to
    GROUP BY time
),
-- What is ordered takes as long as the users that it changes, at their rate. The master tells of it
-- within a second.
orders AS (
    SELECT
        time,
        CASE
            WHEN rate > 0
            THEN least(abs(users - lag(users, 1, 0) OVER (ORDER BY time)) / rate, 86400)
            ELSE 0
        END AS lasts
    FROM steps
    UNION ALL
    SELECT time, 0
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
        AND tags['event'] IN ('worker_join', 'worker_leave', 'rebalance') AND field = 'message'
        AND time >= $from AND time < $to
),
strained AS (
    SELECT
        worker,
        time,
        coalesce(max(number) FILTER (field = 'cpu_percent') > 90, false) AS busy,
        coalesce(max(number) FILTER (field = 'loop_lag_ms') > 100, false) AS late
    FROM health
    GROUP BY worker, time
    HAVING busy OR late
),
-- Locust stalls a worker's loop while it takes an order to start or stop users: a late loop says nothing
-- then of what the worker bears, unless its own CPU is full.
excused AS (
    SELECT
        *,
        NOT busy AND EXISTS (
            FROM orders
            WHERE strained.time >= orders.time::HUGEINT - 2000000000
                AND strained.time < orders.time::HUGEINT + 2000000000
                    + (orders.lasts * 1e9)::HUGEINT
        ) AS spawning
    FROM strained
),
counted AS (
    SELECT worker, count(*) AS over, count(*) FILTER (spawning) AS spawning
    FROM excused
    GROUP BY worker
)
SELECT
    worker,
    coalesce(max(host), '') AS host,
    count(*) FILTER (field = 'cpu_percent') AS seconds,
    coalesce(any_value(over), 0) AS over,
    coalesce(any_value(spawning), 0) AS spawning,
    max(number) FILTER (field = 'cpu_percent') AS cpu_percent,
    max(number) FILTER (field = 'loop_lag_ms') AS loop_lag_ms
FROM health
LEFT JOIN counted USING (worker)
GROUP BY worker
HAVING seconds > 0
ORDER BY worker
