-- What each run came to that began in the range, as its summaries tell: how it was made, all endpoints
-- together, and how far that can be believed.
WITH told AS (
    SELECT
        run,
        arg_max(text, time) FILTER (field = 'test') AS test,
        arg_max(whole, time) FILTER (field = 'start') AS start,
        arg_max(whole, time) FILTER (field = 'stop') AS stop,
        arg_max(whole, time) FILTER (field = 'last') AS last,
        arg_max(whole, time) FILTER (field = 'until') AS until,
        arg_max(text, time) FILTER (field = 'commit') AS commit,
        arg_max(text, time) FILTER (field = 'environment') AS environment,
        arg_max(text, time) FILTER (field = 'machine') AS machine,
        arg_max(text, time) FILTER (field = 'locustfile') AS locustfile,
        arg_max(text, time) FILTER (field = 'locustfile_hash') AS locustfile_hash,
        arg_max(text, time) FILTER (field = 'host') AS target,
        arg_max(whole, time) FILTER (field = 'users') AS users,
        arg_max(flag, time) FILTER (field = 'final') AS final,
        arg_max(text, time) FILTER (field = 'doubts') AS doubts,
        arg_max(text, time) FILTER (field = 'said') AS audit,
        arg_max(text, time) FILTER (field = 'generators') AS generators,
        arg_max(text, time) FILTER (field = 'message') AS verdict
    FROM samples
    WHERE bucket = $bucket AND run <> '' AND time >= $from AND time < $to
        AND (measurement = 'locust_run_summary'
            OR measurement = 'locust_audit' AND field IN ('said', 'generators')
            OR measurement = 'locust_run' AND tags['event'] = 'verdict' AND field = 'message')
    GROUP BY run
),
numbers AS (
    SELECT
        run,
        coalesce(method, '') AS method,
        arg_max(whole, time) FILTER (field = 'count') AS requests,
        arg_max(whole, time) FILTER (field = 'num_failures') AS failures,
        arg_max(number, time) FILTER (field = 'seconds') AS seconds,
        arg_max(number, time) FILTER (field = 'p50') AS p50,
        arg_max(number, time) FILTER (field = 'p95') AS p95,
        arg_max(number, time) FILTER (field = 'p99') AS p99
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_summary' AND run <> ''
        AND name = 'Aggregated' AND time >= $from AND time < $to
    GROUP BY run, coalesce(method, '')
)
SELECT
    run,
    coalesce(test, '') AS test,
    start * 1000000 AS start,
    coalesce(until, start) * 1000000 AS until,
    greatest(coalesce(stop, last, start) - start, 0) / 1000 AS seconds,
    coalesce(commit, '') AS commit,
    coalesce(environment, '') AS environment,
    coalesce(machine, '') AS machine,
    coalesce(locustfile, '') AS locustfile,
    coalesce(locustfile_hash, '') AS locustfile_hash,
    coalesce(target, '') AS target,
    coalesce(users, 0) AS users,
    coalesce(nullif(environment, ''), machine, '') || ', ' || coalesce(users::VARCHAR, '?')
        || ' users' AS history,
    'Aggregated' AS name,
    method,
    requests,
    coalesce(failures, 0) AS failures,
    requests / nullif(numbers.seconds, 0) AS requests_per_second,
    p50,
    p95,
    p99,
    coalesce(final, false) AS final,
    coalesce(audit, '') AS audit,
    coalesce(generators, '') AS generators,
    coalesce(doubts, '') AS doubts,
    coalesce(verdict, '') AS verdict
FROM told
JOIN numbers USING (run)
WHERE start IS NOT NULL
ORDER BY start, run, method
