-- Under which conditions each run was made that began in the range, and how it was judged.
SELECT
    run,
    coalesce(any_value(tags['test']) FILTER (tags['event'] = 'start'), '') AS test,
    min(time) FILTER (tags['event'] = 'start') AS start,
    coalesce(arg_max(text, time) FILTER (field = 'commit'), '') AS commit,
    coalesce(arg_max(text, time) FILTER (field = 'environment'), '') AS environment,
    coalesce(arg_max(text, time) FILTER (field = 'machine'), '') AS machine,
    coalesce(arg_max(text, time) FILTER (field = 'locustfile'), '') AS locustfile,
    coalesce(arg_max(text, time) FILTER (field = 'locustfile_hash'), '') AS locustfile_hash,
    arg_max(text, time) FILTER (field = 'host') AS target,
    coalesce(
        arg_max(text, time) FILTER (tags['event'] = 'verdict' AND field = 'message'), ''
    ) AS verdict
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run <> ''
    AND tags['event'] IN ('start', 'verdict') AND time >= $from AND time < $to
GROUP BY run
-- qualified by its start: of a run whose begin is gone nobody knows how it was made
HAVING min(time) FILTER (tags['event'] = 'start') IS NOT NULL
ORDER BY start DESC, run
