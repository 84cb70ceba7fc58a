#!/bin/sh
# Is there a Docker that can run the stack? Says what to do where there is none.
set -eu

ENGINE=25   # health checks with a start_interval
COMPOSE=2.24

refuse() {
    echo "$1" >&2
    echo "Without Docker, \`make demo\` shows the same on this machine with Python alone." >&2
    exit 2
}

# at_least HAVE WANTED: whether version HAVE (1.2.3-more) is WANTED (1 or 1.2) or newer.
at_least() {
    printf '%s %s\n' "${1#v}" "$2" | tr '.-' '  ' | awk -v parts="$(printf %s "$2" | tr -cd . | wc -c)" '{
        if (parts == 0) exit !($1 + 0 >= $NF + 0)
        exit !($1 + 0 > $(NF - 1) + 0 || ($1 + 0 == $(NF - 1) + 0 && $2 + 0 >= $NF + 0))
    }'
}

command -v docker >/dev/null || refuse "Docker is not installed: the stack can't be started. See https://docs.docker.com/engine/install/."
compose=$(docker compose version --short 2>/dev/null) || refuse "Docker has no Compose plugin: the stack can't be started. See https://docs.docker.com/compose/install/."
at_least "$compose" "$COMPOSE" || refuse "Docker Compose is $compose, and the stack needs $COMPOSE or newer."
engine=$(docker version --format '{{.Server.Version}}' 2>/dev/null) || refuse "The Docker engine doesn't answer: is it running, and may this user use it? \`docker version\` tells."
at_least "$engine" "$ENGINE" || refuse "The Docker engine is $engine, and the stack needs $ENGINE or newer."
