-- Packets per second that each host's network cards dropped or found damaged.
WITH lasts AS (
    -- Of each counter the last value in the window, with its own time.
    SELECT
        time - time % $window AS start,
        series,
        field,
        any_value(host) AS host,
        any_value(role) AS role,
        max(time) AS moment,
        arg_max(number, time) AS total
    FROM samples
    WHERE bucket = $bucket AND measurement = 'net' AND field IN ('err_in', 'err_out', 'drop_in', 'drop_out')
        -- Bridges and tunnels carry the same bytes again, and the loopback none that leave: what looks
        -- like hardware is added up.
        AND NOT regexp_matches(tags['interface'], '^(all$|br-|cali|cilium|cni|docker|dummy|flannel|ifb|kube|lo$|lo[0-9]|lxc|tap|tun|utun|veth|virbr|vmnet|wg)')
        -- One window earlier, so that the first one has a value to grow from.
        AND time >= $from - $window AND time < $to
    GROUP BY start, series, field
),
growth AS (
    SELECT
        start,
        host,
        role,
        field,
        moment,
        total - lag(total) OVER counter AS grown,
        (moment - lag(moment) OVER counter) / 1e9 AS seconds
    FROM lasts
    WINDOW counter AS (PARTITION BY series, field ORDER BY moment)
)
SELECT
    start AS time,
    host,
    role,
    CASE WHEN field LIKE 'err%' THEN 'damaged' ELSE 'dropped' END AS fault,
    sum(grown / seconds) AS value
FROM growth
-- A counter that went backwards (a reboot) gives no rate.
WHERE grown >= 0 AND moment >= $from
GROUP BY ALL
ORDER BY time, host, fault
