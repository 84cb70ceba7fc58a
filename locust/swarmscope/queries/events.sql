-- Deploys, notes and whatever else somebody marked on the time axis.
SELECT time, coalesce(tags['kind'], '') AS kind, text
FROM samples
WHERE bucket = $bucket AND measurement = 'event' AND field = 'text'
    AND time >= $from AND time < $to
ORDER BY time, kind
