-- What people say of the run; nothing where nobody said anything.
SELECT
    coalesce(arg_max(text, time) FILTER (field = 'label'), '') AS label,
    coalesce(arg_max(text, time) FILTER (field = 'description'), '') AS description
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
    AND field IN ('label', 'description')
    AND time >= $from AND time < $to
HAVING count(*) > 0
