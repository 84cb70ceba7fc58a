"""Where the time of requests went, where workers record it."""

from grafana_foundation_sdk.builders import barchart

from dashboards import bars, config

TITLE = "Where the time of requests goes"
_TEXT = f"""\
    |> map(
        fn: (r) => {{
            percent = int(v: 100.0 * float(v: r.connections) / float(v: r.requests) + 0.5)
{bars.NAME}
            return {{
                endpoint: string(v: percent) + " % connect  " + name,
                first: if together then 0 else 1,
                quicker: -(r.connect + r.tls + r.waiting + r.receiving),
                a_connect: r.connect,
                b_tls: r.tls,
                c_waiting: r.waiting,
                d_receiving: r.receiving,
            }}
        }},
    )
    |> sort(columns: ["first", "quicker"])
    |> drop(columns: ["first", "quicker"])
"""
_PHASES = {
    "a_connect": ("connecting", config.AMBER),
    "b_tls": ("TLS", config.VIOLET),
    "c_waiting": ("waiting for the answer", config.SKY),
    "d_receiving": ("receiving it", config.TEAL),
}


def panel() -> barchart.Panel:
    """Return a bar for each of the busiest endpoints: the mean time of a request, in its parts."""
    made = bars.panel(
        TITLE,
        "The mean response time of each endpoint's requests in its parts: the ten busiest, and "
        "what is picked; below all of them together the slowest comes first. Before the name "
        "stands how many of a hundred requests opened a connection: near 100 % it isn't kept "
        "alive, and each request pays for connecting and TLS. Waiting is the target's own time, "
        "and the way there and back; receiving is the body's length, the network, and what the "
        "client itself makes of it. Requests that nobody answered aren't in it. Workers record "
        "this of `HttpUser` and `FastHttpUser` with `SWARMSCOPE_PHASES=on`.",
        "phases",
        _TEXT,
        _PHASES,
    )
    return made.unit(config.MILLISECONDS).no_value(config.NO_PHASES)
