-- Which runs are kept as baselines, since when, and what was known of each then.
SELECT
    coalesce(tags['baseline'], '') AS baseline,
    run,
    max(time) AS time,
    coalesce(arg_max(text, time) FILTER (field = 'test'), '') AS test,
    coalesce(arg_max(text, time) FILTER (field = 'commit'), '') AS commit,
    coalesce(arg_max(text, time) FILTER (field = 'environment'), '') AS environment,
    coalesce(arg_max(text, time) FILTER (field = 'locustfile_hash'), '') AS locustfile_hash,
    coalesce(arg_max(text, time) FILTER (field = 'load'), '') AS load,
    coalesce(arg_max(text, time) FILTER (field = 'anyway'), '') AS anyway
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_baseline' AND run <> ''
    AND time >= $from AND time < $to
GROUP BY baseline, run
ORDER BY baseline, time, run
