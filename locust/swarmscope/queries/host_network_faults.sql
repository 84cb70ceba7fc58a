-- Packets per second that each host's network cards dropped or found damaged.
WITH counters AS (
    FROM samples
    WHERE bucket = $bucket AND measurement = 'net' AND field IN ('err_in', 'err_out', 'drop_in', 'drop_out')
        -- Bridges and tunnels carry the same bytes again, and the loopback none that leave: what looks
        -- like hardware is added up.
        AND NOT regexp_matches(tags['interface'], '^(all$|br-|cali|cilium|cni|docker|dummy|flannel|ifb|kube|lo$|lo[0-9]|lxc|tap|tun|utun|veth|virbr|vmnet|wg)')
        AND time >= $from - $window AND time < $to
)
SELECT
    start AS time,
    host,
    role,
    CASE WHEN field LIKE 'err%' THEN 'damaged' ELSE 'dropped' END AS fault,
    sum(per_second) AS value
FROM counter_rates(counters, $from, $window)
GROUP BY ALL
ORDER BY time, host, fault
