#!/bin/sh
# up.sh [NAME=VALUE …]: check, remember, build, start, wait until all is healthy, and say where things are.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets
. scripts/checks.sh

FATE="Nothing was started, and $ENV_NAME is as it was."
for given in "$@"; do export "${given?}"; done
scripts/preflight.sh

# Settings are remembered when all of them were checked: until then they are in a draft.
draft=$(mktemp) log=$(mktemp)
trap 'rm -f "$draft" "$log"' EXIT
# A shell that a signal ends runs no EXIT trap by itself, and there may be passwords in the draft.
trap 'exit 130' INT TERM HUP
[ ! -e "$ENV_FILE" ] || cat "$ENV_FILE" > "$draft"
ENV_FILE=$draft
scripts/settings.sh "$draft" ${NAME:+"COMPOSE_PROJECT_NAME=$NAME" "SECRETS_DIR=./secrets/$NAME"} "$@"

workers=$(setting WORKERS 2)
check_workers "$workers" up
for name in DEMO LOGS DOCKER_METRICS; do check_switch "$name"; done
for name in LOCUST GRAFANA EVENTS INFLUXDB; do
    check_port "${name}_PORT"
    check_address "${name}_BIND"
done
LOCUSTFILE=$(path LOCUSTFILE ./locust/locustfiles/shop.py)
check_locustfile "$LOCUSTFILE"
THRESHOLDS=$(path THRESHOLDS '')
[ -z "$THRESHOLDS" ] || check_file THRESHOLDS "$THRESHOLDS" \
    "Name another one: $(hint up) THRESHOLDS=path/to/thresholds.yaml; none: $(hint up) THRESHOLDS="
former=$(written SWARMSCOPE_THRESHOLDS) || exit
[ -z "$former" ] || say "$ENV_NAME has SWARMSCOPE_THRESHOLDS, which isn't read any more: THRESHOLDS is its name now," \
    "and a path of this machine: $(hint up) THRESHOLDS=path/to/${former##*/}"
RESULTS_DIR=$(path RESULTS_DIR ./results)
export LOCUSTFILE THRESHOLDS RESULTS_DIR

# Whose files the results are. Containers never run as root, not even root's.
uid=$(id -u) gid=$(id -g)
[ "$uid" != 0 ] || uid=10001 gid=10001

project=$(project)
profiles=
! is_the_shop_tested || profiles=demo
case $(setting DEMO '') in
on) profiles=demo ;;
off) profiles= ;;
esac
[ -z "$(setting FAULT '')" ] || [ "$profiles" ] || refuse \
    "FAULT is '$(setting FAULT '')', and the demo shop, which would suffer from it, isn't wanted." \
    "Leave one of them out: $(hint up) FAULT=, or $(hint up) DEMO=on"
[ -z "$(setting INFLUXDB_BIND '')" ] || profiles=${profiles:+$profiles,}gateway
socket=$(setting DOCKER_SOCKET /var/run/docker.sock)
if [ "$(setting DOCKER_METRICS off)" = on ]; then
    [ -S "$socket" ] || refuse "DOCKER_SOCKET is $socket, which is no socket of this machine." \
        "Name Docker's: $(hint up) DOCKER_SOCKET=/var/run/docker.sock, or leave out DOCKER_METRICS=on."
    profiles=${profiles:+$profiles,}docker-metrics
    scripts/settings.sh "$draft" "DOCKER_GID=$(stat -c %g "$socket")"
fi
sink=
if [ "$(setting LOGS off)" = on ]; then
    profiles=${profiles:+$profiles,}logs
    # With its network, for what is tested may have any name in the other one of workers.
    sink=tcp://collector.${project}_swarm:5558
fi
scripts/settings.sh "$draft" "SWARMSCOPE_LOG_SINK=$sink" "SWARMSCOPE_UID=$uid" "SWARMSCOPE_GID=$gid" \
    "SWARMSCOPE_HOST=$(setting SWARMSCOPE_HOST "$(uname -n)")" "COMPOSE_PROFILES=$profiles"
# A profile of one's own is an error where the kernel has no seccomp.
case $(docker info --format '{{.SecurityOptions}}') in
*seccomp*) ;;
*) scripts/settings.sh "$draft" TELEGRAF_SECCOMP=unconfined ;;
esac
check_compose
check_folder RESULTS_DIR "$RESULTS_DIR"
check_folder SECRETS_DIR "$SECRETS_DIR"
make_secrets_folder
[ "$(id -u)" != 0 ] || chown -- "$uid:$gid" "$RESULTS_DIR"

# outdated_networks: those in which this machine still has an address, as earlier versions made them.
outdated_networks() {
    for network in data write swarm; do
        made=$(docker network inspect --format '{{index .Options "com.docker.network.bridge.inhibit_ipv4"}}' \
            "${project}_$network" 2>/dev/null) || continue
        [ "$made" = true ] || printf '%s\n' "${project}_$network"
    done
}

# failed: the services that kept the stack from being healthy.
failed() {
    by_name ps --all --format '{{.Service}} {{.State}}/{{.Health}}/{{.ExitCode}}' |
        sed -n -E 's,^([^ ]+) (restarting/.*|running/unhealthy/.*|running/starting/.*|exited/.*/[1-9][0-9]*)$,\1,p' | sort -u
}

# dropped: services that run for a setting that is no longer there. Compose lets them: their profile isn't
# asked for, that is all. What somebody has beside ours with a profile of his own isn't meant.
dropped() {
    ours=$(compose --profile demo --profile docker-metrics --profile gateway --profile logs config --services)
    wanted=$(compose config --services)
    for service in $(services); do
        printf '%s\n' "$wanted" | grep -q -x -e "$service" || printf '%s\n' "$ours" | grep -x -e "$service" || true
    done | sort -u
}

# taken_port: the one that another program has, if that is why the start failed.
taken_port() {
    # The engine says it in three ways, by its version and its proxy.
    sed -n -E 's/.*[Bb]ind (host port )?(for )?[0-9.]+:([0-9]+).*/\3/p; s/.*listen tcp4? [0-9.]+:([0-9]+): bind.*/\1/p' "$log" | head -n 1
}

# tell_of_the_port PORT: with another one to give, for each that it is.
tell_of_the_port() {
    say "Port $1 of this machine is taken by another program."
    say "What has started keeps running, and no data is lost. Choose another port:"
    for variable in GRAFANA_PORT=3000 LOCUST_PORT=8089 EVENTS_PORT=8186 INFLUXDB_PORT=8087; do
        [ "$(setting "${variable%=*}" "${variable#*=}")" != "$1" ] ||
            say "    $(hint up) ${variable%=*}=$(($1 + 10))"
    done
}

# tell_of_services: how they are, and the last that those said which aren't well.
tell_of_services() {
    # What Compose tells of its progress begins with a space, what went wrong doesn't.
    grep -v '^ ' "$log" >&2 || true
    say "The stack is not healthy. What has started keeps running, and no data is lost."
    by_name ps --all --format '    {{.Service}}: {{.Status}}' >&2
    for service in $(failed); do
        say "The last that $service said:"
        say "$(by_name logs --no-color --no-log-prefix --tail 12 "$service" 2>&1)"
    done
    say "Put right what that names, then \`$(hint up)\` again; \`$(hint logs) SERVICE=…\` has all of it."
}

say "Building the images …"
build
# Before anything is started or stopped: a master that ends at its start is only said to be unhealthy.
loads || exit 2
[ -z "$(setting FAULT '')" ] || suffers || exit 2
scripts/settings.sh "$draft" "LOCUSTFILE_SUM=$(sum_of_code)"
# Written through, not moved over it: the file may be a link, and its mode is the user's.
(umask 077 && cat "$draft" > "$ENV_NAME")
ENV_FILE=$ENV_NAME
# Compose before 2.31 keeps such a network, and a newer one forgets containers' names as it makes it anew.
if [ "$(outdated_networks)" ]; then
    say "Stopping the stack, to make its inner networks anew: every user of this machine could reach what"
    say "is in them. Its data stays …"
    by_name --progress quiet down --remove-orphans
    left=$(outdated_networks)
    if [ "$left" ]; then
        say "These can't be removed, because something that isn't the stack's is in them:" "$left"
        say "\`docker network inspect\` names it. Take it out; then \`$(hint up)\` again. The stack is stopped,"
        say "and no data is lost."
        exit 1
    fi
fi
say "Starting; this takes up to a minute …"
if ! compose --progress plain up --detach --wait --wait-timeout 180 --remove-orphans 2> "$log"; then
    port=$(taken_port)
    if [ "$port" ]; then tell_of_the_port "$port"; else tell_of_services; fi
    exit 1
fi
dropped=$(dropped)
if [ "$dropped" ]; then
    # shellcheck disable=SC2086 # a list of services
    by_name --progress quiet rm --stop --force $dropped > "$log" 2>&1 || { cat "$log" >&2; exit 1; }
    # shellcheck disable=SC2086
    say "Stopped, as no setting asks for it now:" $dropped
fi
scripts/where.sh
