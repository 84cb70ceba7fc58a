-- What a master's points of the run are tagged with: beside the usual ones, what users chose.
SELECT to_json(tags)::VARCHAR AS tags
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run AND field = 'message'
    AND tags['event'] = 'start' AND time >= $from AND time < $to
ORDER BY time, tags
LIMIT 1
