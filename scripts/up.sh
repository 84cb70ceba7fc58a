#!/bin/sh
# up.sh [NAME=VALUE …]: build, start, wait until all is healthy, and say where things are.
set -eu
. "$(dirname "$0")/compose.sh"

scripts/preflight.sh
scripts/settings.sh "$ENV_FILE" ${NAME:+"COMPOSE_PROJECT_NAME=$NAME" "SECRETS_DIR=./secrets/$NAME"} "$@"

project=${NAME:-$(setting COMPOSE_PROJECT_NAME swarmscope)}

# Whose files the results are. Containers never run as root, not even root's.
uid=$(id -u) gid=$(id -g)
results=$(setting RESULTS_DIR ./results)
mkdir -p -- "$results"
if [ "$uid" = 0 ]; then
    uid=10001 gid=10001
    chown -- "$uid:$gid" "$results"
fi
make_secrets_folder

profiles=
[ "$(setting LOCUSTFILE '')" ] || profiles=demo
[ "$(setting DEMO '')" != on ] || profiles=demo
[ "$(setting DEMO '')" != off ] || profiles=
[ -z "$(setting INFLUXDB_BIND '')" ] || profiles=${profiles:+$profiles,}gateway
[ "$(setting DOCKER_METRICS off)" != on ] || profiles=${profiles:+$profiles,}docker-metrics
sink=
if [ "$(setting LOGS off)" = on ]; then
    profiles=${profiles:+$profiles,}logs
    # With its network, for what is tested may have any name in the other one of workers.
    sink=tcp://collector.${project}_swarm:5558
fi
scripts/settings.sh "$ENV_FILE" "SWARMSCOPE_LOG_SINK=$sink" "SWARMSCOPE_UID=$uid" "SWARMSCOPE_GID=$gid" \
    "SWARMSCOPE_HOST=$(setting SWARMSCOPE_HOST "$(uname -n)")" "COMPOSE_PROFILES=$profiles"
[ "$(setting DOCKER_METRICS off)" != on ] ||
    scripts/settings.sh "$ENV_FILE" "DOCKER_GID=$(stat -c %g "$(setting DOCKER_SOCKET /var/run/docker.sock)")"

# A profile of one's own is an error where the kernel has no seccomp.
case $(docker info --format '{{.SecurityOptions}}') in
*seccomp*) ;;
*) scripts/settings.sh "$ENV_FILE" TELEGRAF_SECCOMP=unconfined ;;
esac

locustfile=$(setting LOCUSTFILE locust/locustfiles/shop.py)
if [ ! -f "$locustfile" ]; then
    say "LOCUSTFILE is $locustfile, which is no file of this machine. Nothing was started."
    exit 2
fi
case $locustfile in *:*)
    say "LOCUSTFILE is $locustfile: Docker takes a colon for the end of a path. Nothing was started."
    say "Give the file, or its folder, another name."
    exit 2
    ;;
esac
case ${locustfile##*/} in *,*)
    say "LOCUSTFILE is $locustfile: Locust takes a comma for the end of a name. Nothing was started."
    say "Give the file another name."
    exit 2
    ;;
esac

# outdated_networks: those in which this machine still has an address, as earlier versions made them.
outdated_networks() {
    for network in data write swarm; do
        made=$(docker network inspect --format '{{index .Options "com.docker.network.bridge.inhibit_ipv4"}}' \
            "${project}_$network" 2>/dev/null) || continue
        [ "$made" = true ] || printf '%s\n' "${project}_$network"
    done
}

say "Building the images …"
compose build --quiet
# Before anything is started or stopped: a master that ends at its start is only said to be unhealthy.
loads || exit 2
# Compose before 2.31 keeps such a network, and a newer one forgets containers' names as it makes it anew.
if [ "$(outdated_networks)" ]; then
    say "Stopping the stack, to make its inner networks anew: every user of this machine could reach what"
    say "is in them. Its data stays …"
    compose --progress quiet --profile '*' down --remove-orphans
    left=$(outdated_networks)
    if [ "$left" ]; then
        say "These can't be removed, because something that isn't the stack's is in them:" "$left"
        say "\`docker network inspect\` names it. Take it out; then \`$(hint up)\` again. The stack is stopped,"
        say "and no data is lost."
        exit 1
    fi
fi
say "Starting; this takes up to a minute …"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! compose --progress plain up --detach --wait --wait-timeout 180 --remove-orphans 2> "$log"; then
    # The engine says it in three ways, by its version and its proxy.
    port=$(sed -n -E 's/.*[Bb]ind (host port )?(for )?[0-9.]+:([0-9]+).*/\3/p; s/.*listen tcp4? [0-9.]+:([0-9]+): bind.*/\1/p' "$log" | head -n 1)
    if [ "$port" ]; then
        say "Port $port of this machine is taken by another program."
        say "What has started keeps running, and no data is lost. Choose another port:"
        for variable in GRAFANA_PORT=3000 LOCUST_PORT=8089 EVENTS_PORT=8186 INFLUXDB_PORT=8087; do
            [ "$(setting "${variable%=*}" "${variable#*=}")" != "$port" ] ||
                say "    $(hint up) ${variable%=*}=$((port + 10))"
        done
        exit 1
    fi
    # What Compose tells of its progress begins with a space, what went wrong doesn't.
    grep -v '^ ' "$log" >&2 || true
    say "The stack is not healthy. What has started keeps running, and no data is lost."
    compose ps --all --format '    {{.Service}}: {{.Status}}' >&2
    say "\`$(hint logs) SERVICE=…\` says why; then \`$(hint up)\` again."
    exit 1
fi
scripts/where.sh
