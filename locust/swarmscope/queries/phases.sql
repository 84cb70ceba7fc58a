-- Where the time of requests went: the mean of each phase, of the ten endpoints with the most requests
-- whose phases are known, and of all of them together; and how many connections they opened.
WITH told AS (
    SELECT
        name,
        method,
        saturated(sum(whole) FILTER (field = 'requests')) AS requests,
        saturated(sum(whole) FILTER (field = 'connections')) AS connections,
        sum(number) FILTER (field = 'connect_ms') AS connect,
        sum(number) FILTER (field = 'tls_ms') AS tls,
        sum(number) FILTER (field = 'waiting_ms') AS waiting,
        sum(number) FILTER (field = 'receiving_ms') AS receiving
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_phases' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY name, method
    HAVING requests > 0
),
busiest AS (
    SELECT name FROM told GROUP BY name ORDER BY sum(requests) DESC, name LIMIT 10
),
shown AS (
    SELECT * FROM told WHERE name IN (SELECT name FROM busiest)
    UNION ALL
    SELECT
        'Aggregated',
        '',
        saturated(sum(requests)),
        saturated(sum(connections)),
        sum(connect),
        sum(tls),
        sum(waiting),
        sum(receiving)
    FROM told
    HAVING count(*) > 0
)
SELECT
    name,
    method,
    requests,
    connections,
    connect / requests AS connect,
    tls / requests AS tls,
    waiting / requests AS waiting,
    receiving / requests AS receiving
FROM shown
ORDER BY name, method
