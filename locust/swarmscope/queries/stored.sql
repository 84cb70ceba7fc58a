-- How much of a bucket a run takes: to say what its deletion frees.
SELECT
    count(DISTINCT points.series) AS series,
    count(*) AS field_values
FROM points
JOIN series ON series.id = points.series
WHERE series.bucket = $bucket AND series.run = $run
    AND points.time >= $from AND points.time < $to
HAVING count(*) > 0
