    // Bridges and tunnels carry the same bytes again, and the loopback none that leave: what
    // looks like hardware is added up.
    |> filter(
        fn:
            (r) =>
                r.interface
                    !~
                    /^(all$|br-|cali|cilium|cni|docker|dummy|flannel|ifb|kube|lo$|lo[0-9]|lxc|tap|tun|utun|veth|virbr|vmnet|wg)/,
    )
