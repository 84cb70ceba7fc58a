-- Iterations a second of users that say when they should begin: due, of these dropped, and begun late.
SELECT
    time - time % $window AS time,
    field AS outcome,
    sum(whole) / ($window / 1e9) AS value,
    saturated(sum(whole)) AS iterations
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_arrivals' AND run = $run
    AND field IN ('due', 'dropped', 'late') AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
