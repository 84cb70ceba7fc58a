-- What each run that was stopped in the range came to, by its thresholds and as a duet.
WITH judged AS (
    SELECT
        run,
        arg_max(text, time) FILTER (tags['event'] = 'verdict') AS verdict,
        arg_max(text, time) FILTER (tags['event'] = 'duet_verdict') AS duet
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run <> ''
        AND tags['event'] IN ('verdict', 'duet_verdict') AND field = 'message'
        AND time >= $from AND time < $to
    GROUP BY run
)
SELECT run, concat_ws(', ', verdict, 'duet: ' || duet) AS verdict
FROM judged
ORDER BY run
