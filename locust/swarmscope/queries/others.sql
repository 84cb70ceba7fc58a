-- What others measured: business numbers, and whatever else a team writes.
WITH samples_of_others AS (
    SELECT
        time - time % $window AS time,
        measurement,
        field,
        coalesce(tags['metric_type'] = 'counter', false) AS counted,
        number
    FROM samples
    WHERE bucket = $bucket AND number IS NOT NULL
        -- What a run or a machine has panels of its own for isn't asked for here.
        AND NOT regexp_full_match(
            measurement, 'locust_.*|cpu|mem|disk|diskio|net|system|event|app_log'
        )
        AND samples.time >= $from AND samples.time < $to
)
SELECT
    time,
    measurement,
    field,
    -- Counts of seconds in which something came: over a longer window they are added up and divided.
    CASE WHEN counted THEN sum(number) / ($window / 1e9) ELSE avg(number) END AS value
FROM samples_of_others
GROUP BY time, measurement, field, counted
ORDER BY time, measurement, field
