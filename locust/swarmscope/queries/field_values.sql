-- Every number of one field, of the run or of nobody's: what any of its points says, with its tags.
SELECT time, to_json(tags)::VARCHAR AS tags, number AS value
FROM samples
WHERE bucket = $bucket AND measurement = $measurement AND field = $field
    AND run IN ($run, '') AND json_contains(to_json(tags), $tags)
    AND number IS NOT NULL
    AND time >= $from AND time < $to
ORDER BY time, tags
