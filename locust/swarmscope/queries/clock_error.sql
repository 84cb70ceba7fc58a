-- How far the points of any worker stand from the master's clock at most.
SELECT max(abs(number)) AS clock_error_ms
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run AND worker <> 'master'
    AND field = 'clock_error_ms'
    AND time >= $from AND time < $to
HAVING count(*) > 0
