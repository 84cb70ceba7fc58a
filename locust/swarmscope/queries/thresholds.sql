-- The thresholds of the run by the newest judgement, which may be of a moment while it goes on.
-- InfluxDB's answers tell no empty text from none.
WITH told AS (
    SELECT
        try_cast(tags['number'] AS BIGINT) AS number,
        arg_max(text, time) FILTER (field = 'threshold') AS threshold,
        arg_max(text, time) FILTER (field = 'severity') AS severity,
        arg_max(text, time) FILTER (field = 'outcome') AS outcome,
        coalesce(nullif(arg_max(text, time) FILTER (field = 'shown'), ''), '-') AS shown,
        coalesce(nullif(arg_max(text, time) FILTER (field = 'endpoint'), ''), '-') AS endpoint,
        coalesce(nullif(arg_max(text, time) FILTER (field = 'why'), ''), '-') AS why,
        arg_max(text, time) FILTER (field = 'metric') AS metric,
        arg_max(samples.number, time) FILTER (field = 'limit') AS bound,
        arg_max(text, time) FILTER (field = 'unit') AS unit,
        arg_max(text, time) FILTER (field = 'scope') AS scope,
        coalesce(nullif(arg_max(text, time) FILTER (field = 'name'), ''), '-') AS scope_name,
        coalesce(nullif(arg_max(text, time) FILTER (field = 'method'), ''), '-') AS scope_method,
        arg_max(whole, time) FILTER (field = 'judged_at') AS judged_at
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_threshold' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY ALL
)
FROM told
-- Others are of an older judgement, which had more.
WHERE judged_at = (SELECT max(judged_at) FROM told) AND number IS NOT NULL
ORDER BY number
