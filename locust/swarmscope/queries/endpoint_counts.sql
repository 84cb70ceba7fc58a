-- Requests and failures of each endpoint, and of all together, over the whole range, from sums alone:
-- what says how many of its requests had a response time is its histograms, which are a hundred times
-- as many values.
SELECT
    name,
    method,
    saturated(requests) AS requests,
    saturated(failures) AS failures,
    requests / seconds AS requests_per_second,
    content_length / requests AS avg_content_length
FROM sums_of_endpoints($bucket, $run, $from, $to, '{}')
CROSS JOIN run_seconds($bucket, $run, $from, $to)
WHERE requests > 0
ORDER BY name, method
