-- Every value of the run as it was written, and the metrics of the hosts at that time; for exports.
SELECT
    points.time AS time_ns,
    series.measurement,
    to_json(series.tags)::VARCHAR AS tags,
    fields.name AS field,
    fields.type,
    coalesce(points.f, points.i, points.u, points.b::INTEGER, 0)::DOUBLE AS number,
    -- Whole numbers, too: a float holds none past 2^53.
    coalesce(points.s, points.i::VARCHAR, points.u::VARCHAR, '') AS text
FROM points
JOIN series ON series.id = points.series
JOIN fields ON fields.id = points.field
WHERE series.bucket = $bucket
    AND (
        series.tags['run'] = $run
        OR (series.tags['run'] IS NULL
            AND series.measurement IN ('cpu', 'mem', 'disk', 'diskio', 'net', 'system', 'event'))
    )
    AND points.time >= $from AND points.time < $to
ORDER BY time_ns, measurement, tags, field
