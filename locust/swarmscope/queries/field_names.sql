-- What was written in that time: measurements; fields of the one that is asked for; and the series of its
-- field, each with its tags.
WITH seen AS (
    SELECT DISTINCT series, field FROM points WHERE time >= $from AND time < $to
),
named AS (
    SELECT series.measurement, fields.name AS field, series.tags, series.run
    FROM seen
    JOIN series ON series.id = seen.series
    JOIN fields ON fields.id = seen.field
    WHERE series.bucket = $bucket
)
SELECT DISTINCT 'measurement' AS kind, measurement AS name, '{}' AS tags FROM named
UNION ALL
SELECT DISTINCT 'field', field, '{}' FROM named WHERE measurement = $measurement
UNION ALL
SELECT 'series', field, to_json(tags)::VARCHAR
FROM named
WHERE measurement = $measurement AND field = $field AND run IN ($run, '')
ORDER BY ALL
