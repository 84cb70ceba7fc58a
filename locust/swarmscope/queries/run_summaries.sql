-- Of every run in the range: how long it was, how quick, whether all of it arrived, and its verdict.
WITH summarised AS (FROM summarised_runs($bucket, $from, $to, $believed)),
events AS (
    SELECT
        run,
        min(time) FILTER (field = 'message') AS first,
        max(time) FILTER (field = 'message') AS last,
        min(time) FILTER (tags['event'] = 'start') AS start,
        max(time) FILTER (tags['event'] = 'stop') AS stop,
        count(*) FILTER (tags['event'] = 'start' AND field = 'message') AS starts,
        count(*) FILTER (tags['event'] = 'stop' AND field = 'message') AS stops,
        arg_max(text, time) FILTER (tags['event'] = 'start' AND field = 'commit') AS commit,
        arg_max(text, time) FILTER (tags['event'] = 'verdict' AND field = 'message') AS verdict
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run <> ''
        AND time >= $from AND time < $to
    GROUP BY run
),
totals AS (
    SELECT run, min(time) AS first, max(time) AS last
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run <> ''
        AND name = 'Aggregated' AND field = 'count'
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
),
crews AS (
    SELECT run, min(time) AS first, max(time) AS last
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run <> ''
        AND worker <> 'master' AND field = 'requests_seen'
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
),
-- An audit stands where its run began.
audits AS (
    SELECT
        run,
        arg_max(text, time) FILTER (measurement = 'locust_audit' AND field = 'said') AS audit,
        arg_max(text, time) FILTER (measurement = 'locust_audit' AND field = 'line') AS why,
        arg_max(number, time) FILTER (field = 'p95') AS audited_p95
    FROM samples
    WHERE bucket = $bucket AND measurement IN ('locust_audit', 'locust_run_summary')
        AND time >= $from AND time < $to
    GROUP BY run
),
buckets AS (
    SELECT run, bound, saturated(sum(whole)) AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run <> '' AND name = 'Aggregated'
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run, bound
),
outermost AS (
    SELECT
        run,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run <> ''
        AND name = 'Aggregated' AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
),
known AS (
    SELECT run, clamp(p95, shortest, longest) AS p95
    FROM histogram_percentiles(buckets)
    LEFT JOIN outermost USING (run)
),
summaries AS (
    SELECT
        run,
        coalesce(summarised.commit, events.commit) AS commit,
        coalesce(summarised.first, least(events.first, totals.first) // 1000000) AS first,
        -- A verdict may come after the summary.
        greatest(summarised.until, greatest(events.last, totals.last, crews.last) // 1000000)
            AS last,
        -- From its start to its stop, or to the last that was heard of a worker: as `runs` has them.
        coalesce(
            summarised.start,
            coalesce(events.start, totals.first, crews.first, events.first) // 1000000
        ) AS began,
        coalesce(
            summarised.stop, events.stop // 1000000, summarised.last, crews.last // 1000000
        ) AS stopped,
        -- Of one that is counted, what an audit said may be from before its last seconds came.
        coalesce(summarised.p95, known.p95, audited_p95) AS p95,
        verdict,
        audit,
        why,
        coalesce(stops > 0 AND stops >= starts, false) AS ended
    FROM events
    FULL JOIN totals USING (run)
    FULL JOIN crews USING (run)
    FULL JOIN summarised USING (run)
    LEFT JOIN known USING (run)
    LEFT JOIN audits USING (run)
),
known_by_now AS (
    -- As the audit has it: nobody said that it is over, and somebody was heard of just now.
    SELECT *, NOT ended AND epoch_ms(now()) - last BETWEEN -31622400000 AND 59999 AS running
    FROM summaries
)
SELECT
    run,
    coalesce(commit, '') AS commit,
    greatest(coalesce(stopped, began) - began, 0) / 1000 AS seconds,
    p95,
    CASE
        WHEN audit IS NULL THEN if(running, 'running, not audited yet', 'not audited yet')
        WHEN running OR NOT regexp_matches(audit, '\brunning\b') THEN audit
        -- It was killed, or its end is being audited.
        ELSE 'not audited to its end'
    END AS audit,
    if(running OR NOT regexp_matches(coalesce(audit, ''), '\brunning\b'), coalesce(why, ''), '')
        AS why,
    coalesce(verdict, 'not judged') AS verdict,
    coalesce(first, last) * 1000000 AS from,
    last * 1000000 AS until,
    running AS goes_on
FROM known_by_now
-- Those that go on first.
ORDER BY goes_on DESC, "from" DESC, run DESC
