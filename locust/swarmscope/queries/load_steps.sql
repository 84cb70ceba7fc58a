-- What the run came to in each of its load steps: docs/decisions/024-load-steps.md says what that is.
-- Which these are doesn't hang on the range; their numbers are of what lies in it.
WITH told AS (
    SELECT
        time,
        any_value(whole) FILTER (field = 'user_count') AS users,
        coalesce(any_value(number) FILTER (field = 'spawn_rate'), 0) AS rate,
        any_value(text) FILTER (field = 'stage') AS stage
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
        AND tags['event'] IN ('start', 'step') AND field IN ('user_count', 'spawn_rate', 'stage')
        -- Between the farthest times that a point can have lies more than a number holds.
        AND time >= 0 AND time < 4000000000000000000
    GROUP BY time, series
    HAVING users IS NOT NULL
),
span AS (
    SELECT
        min(time) AS began,
        max(time) FILTER (tags['event'] = 'stop') AS stopped,
        coalesce(
            stopped,
            max(time) FILTER (measurement = 'locust_stats') + 1000000000,
            max(time)
        ) AS ended
    FROM samples
    WHERE bucket = $bucket AND run = $run
        AND (measurement = 'locust_run' AND field = 'message'
            AND tags['event'] IN ('start', 'step', 'stop')
            OR measurement = 'locust_stats' AND name = 'Aggregated' AND field = 'count')
        AND time >= 0 AND time < 4000000000000000000
),
-- The limits of schema/limits.py, in ns.
limits AS (
    SELECT
        *,
        least(10000000000 - 500000000, (ended - began) // 3) AS brief,
        greatest(10000000000, (ended - began) // 30) AS long,
        greatest(30000000000, (ended - began) // 8) AS piece,
        (SELECT count(*) FROM told) > 0 AS known
    FROM span
),
timed AS (
    SELECT
        time,
        users,
        coalesce(lag(users) OVER by_time, 0) AS before,
        coalesce(lead(time) OVER by_time, ended) AS next,
        rate
    FROM (
        -- A load shape may say that as many users are another stage.
        SELECT * FROM told
        QUALIFY users IS DISTINCT FROM lag(users) OVER (ORDER BY time, users) OR stage IS NOT NULL
    )
    CROSS JOIN span
    WINDOW by_time AS (ORDER BY time, users)
),
-- All of them run since Locust had the time to start them.
settled AS (
    SELECT
        *,
        CASE
            WHEN rate > 0 THEN least(1e18, abs(users::DOUBLE - before) / rate * 1e9)::BIGINT
            ELSE 0
        END AS ramp,
        least(time + ramp, next) AS since
    FROM timed
),
needed AS (
    SELECT
        began,
        stopped,
        ended,
        CASE
            WHEN (SELECT count(*) FROM settled WHERE next - since >= brief) > 30 THEN long
            ELSE brief
        END AS need
    FROM limits
),
edges AS (
    SELECT began AS time, 'ramp' AS kind, NULL AS users FROM needed
    UNION ALL
    SELECT unnest([since, next]), unnest(['step', 'ramp']), unnest([users, NULL])
    FROM settled
    CROSS JOIN needed
    WHERE next - since >= need
),
stretches AS (
    SELECT
        kind,
        users,
        time,
        coalesce(lead(time) OVER by_time, ended) - time AS lasted,
        coalesce(time - lag(time) OVER by_time, 0) AS ramped,
        need,
        ended,
        -- It may become a step yet.
        stopped IS NULL AND lead(time) OVER by_time IS NULL AS going_on
    FROM edges
    CROSS JOIN needed
    WINDOW by_time AS (ORDER BY time, kind)
),
-- A short ramp belongs to the step that it leads to, and one at the end to the step before it.
joined AS (
    SELECT
        kind,
        users,
        time AS reached,
        time - CASE WHEN kind = 'step' AND ramped < need THEN ramped ELSE 0 END AS since,
        coalesce(lead(since) OVER (ORDER BY time, kind), ended) - since AS lasted,
        time + stretches.lasted AS changed
    FROM stretches
    WHERE kind = 'step' OR lasted >= need OR (going_on AND lasted > 0)
),
pieces AS (
    SELECT
        kind,
        users,
        reached,
        changed,
        since,
        lasted,
        CASE
            WHEN kind = 'ramp' AND known THEN greatest(1, lasted // piece)
            ELSE 1
        END AS number,
        unnest(range(number)) AS n
    FROM joined
    CROSS JOIN limits
    WHERE lasted > 0
),
steps AS (
    SELECT
        -- Where nobody said how many users there were to be, nobody knows of a ramp.
        CASE WHEN known THEN kind ELSE 'step' END AS kind,
        users AS wanted,
        greatest(since + n * lasted // number, $from) AS begin,
        since + (n + 1) * lasted // number AS finish,
        least(finish, $to) AS until,
        -- What it is called by: a short ramp at the end of a run is another stage's.
        CASE WHEN kind = 'step' THEN changed ELSE finish END AS ends,
        -- What was answered after the stop belongs to the last step.
        CASE WHEN until = ended THEN $to ELSE until END AS last,
        -- The stop is told of when the last user has left: of that second and the two before it
        -- workers say who is left. Only a whole run can be so short that nothing else is known.
        ended // 1000000000 * 1000000000 - 2000000000 AS leaving,
        least(
            whole_second(until),
            CASE WHEN leaving > whole_second(begin) THEN leaving ELSE leaving + 2000000000 END
        ) AS gone,
        -- When no users are being started or stopped: the master tells of that within a second.
        CASE
            WHEN NOT known THEN begin WHEN kind = 'step' THEN reached + 2000000000 ELSE last
        END AS calm_from,
        CASE
            WHEN NOT known OR changed = ended THEN last
            ELSE least(last, changed - 2000000000)
        END AS calm_to,
        -- Of a step those who are still to be started aren't missing.
        kind = 'step' AND known AS settled,
        -- Points stand at whole seconds: these are of the step.
        whole_second(begin) AS first,
        whole_second(last) AS past,
        CASE WHEN settled THEN whole_second(greatest(begin, calm_from)) ELSE first END AS told_from,
        CASE WHEN settled THEN whole_second(least(gone, calm_to)) ELSE gone END AS told_to
    FROM pieces
    CROSS JOIN limits
    WHERE until > begin
),
active AS (
    SELECT begin, sum(whole) / any_value(told_to - told_from) * 1e9 AS running
    FROM samples
    JOIN steps ON time >= told_from AND time < told_to
    WHERE bucket = $bucket AND measurement = 'locust_users' AND run = $run AND field = 'count'
    GROUP BY begin
),
sums AS (
    SELECT
        begin,
        saturated(sum(whole) FILTER (field = 'count')) AS requests,
        saturated(sum(whole) FILTER (field = 'num_failures')) AS failures,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    JOIN steps ON time >= first AND time < past
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name = 'Aggregated'
        AND field IN ('count', 'num_failures', 'min_response_time', 'max_response_time')
    GROUP BY begin
),
buckets AS (
    SELECT begin, bound, saturated(sum(whole)) AS count
    FROM samples
    JOIN steps ON time >= first AND time < past
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND name = 'Aggregated'
    GROUP BY begin, bound
),
peaks AS (
    SELECT
        begin,
        max(percent) AS cpu,
        string_agg(host || ' ' || floor(percent + 0.5)::BIGINT || ' %', ', ' ORDER BY place)
            FILTER (place <= 5) AS hosts
    FROM (
        SELECT
            begin,
            host,
            100 - min(number) AS percent,
            row_number() OVER (PARTITION BY begin ORDER BY min(number), host) AS place
        FROM samples
        JOIN steps ON time >= first AND time < past
        WHERE bucket = $bucket AND measurement = 'cpu' AND field = 'usage_idle'
            AND tags['cpu'] = 'cpu-total'
        GROUP BY begin, host
    )
    GROUP BY begin
),
-- By the rule of runs/generators.py, as if the step were a run; the worst worker decides. A loop that was
-- late only while users were started spoils no step, but some of its slowest requests may be its own.
strained AS (
    SELECT
        begin,
        worker,
        time,
        coalesce(max(number) FILTER (field = 'cpu_percent') > 90, false) AS busy,
        coalesce(max(number) FILTER (field = 'loop_lag_ms') > 100, false) AS late,
        -- Locust stalls a worker's loop while it takes an order to start or stop users.
        busy OR late AND time >= any_value(calm_from) AND time < any_value(calm_to) AS counts,
        bool_or(field = 'cpu_percent') AS watched
    FROM samples
    JOIN steps ON time >= first AND time < past
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run
        AND worker <> 'master' AND field IN ('cpu_percent', 'loop_lag_ms')
    GROUP BY begin, worker, time
),
-- It does as well when workers come and go.
moves AS (
    SELECT time::HUGEINT AS moved
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
        AND tags['event'] IN ('worker_join', 'worker_leave', 'rebalance') AND field = 'message'
),
excused AS (
    SELECT * REPLACE (
        busy OR counts AND NOT EXISTS (
            FROM moves
            WHERE strained.time >= moved - 2000000000 AND strained.time < moved + 2000000000
        ) AS counts
    )
    FROM strained
),
strain AS (
    SELECT
        begin,
        max(CASE
            WHEN counted >= 2 AND counted >= 0.05 * seconds THEN 3
            WHEN calm > 0 THEN 2
            WHEN over > 0 THEN 1
            ELSE 0
        END) AS worst
    FROM (
        SELECT
            begin,
            count(*) FILTER (watched) AS seconds,
            count(*) FILTER (busy OR late) AS over,
            count(*) FILTER (counts) AS calm,
            CASE WHEN over >= 0.25 * seconds THEN over ELSE calm END AS counted
        FROM excused
        GROUP BY begin, worker
    )
    WHERE seconds > 0
    GROUP BY begin
)
SELECT
    begin AS start,
    (until - begin) / 1e9 AS seconds,
    kind,
    -- Which of how many it is, is seen.
    coalesce(regexp_replace(stage, '^\d+ of \d+(, |$)', ''), '') AS stage,
    wanted::DOUBLE AS wanted,
    running,
    coalesce(requests, 0) AS requests,
    coalesce(requests, 0) / seconds AS requests_per_second,
    coalesce(failures, 0) AS failures,
    clamp(p50, shortest, longest) AS p50,
    clamp(p95, shortest, longest) AS p95,
    clamp(p99, shortest, longest) AS p99,
    longest AS max,
    cpu,
    coalesce(hosts, '') AS hosts,
    -- Where nothing was measured no response time is the generator's own.
    CASE
        WHEN coalesce(requests, 0) = 0 THEN 'no requests'
        ELSE coalesce(
            ['kept up', 'late at spawn', 'stalled', 'saturated'][worst + 1],
            'unknown'
        )
    END AS generators
FROM steps
LEFT JOIN active USING (begin)
LEFT JOIN sums USING (begin)
LEFT JOIN histogram_percentiles(buckets) USING (begin)
LEFT JOIN peaks USING (begin)
LEFT JOIN strain USING (begin)
ASOF LEFT JOIN (FROM told WHERE stage IS NOT NULL) AS stages ON steps.ends > stages.time
ORDER BY begin
