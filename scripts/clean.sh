#!/bin/sh
# clean.sh FOLDER …: remove what was built and installed here, and, if the user says so, the stack's data and
# secrets and what was recorded without it. Of a stack that has a NAME only its data and secrets. Says what it
# removed, and what of ours is still there.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

# agreed QUESTION: asks; with YES=1, or where nobody can be asked, it says what is taken for the answer.
agreed() {
    if [ "${YES:-}" = 1 ]; then
        say "$1 YES=1 says so."
        return 0
    fi
    printf '%s [y/N] ' "$1"
    if ! read -r answer; then
        answer=
        echo
        say "Nobody answers, so it is kept. To remove it: $(hint clean) YES=1"
    fi
    [ "$answer" = y ]
}

# By their names: beside them lie the secrets of stacks that have a NAME.
# The last two are what a restore that was cut off left.
secrets() {
    for path in "$SECRETS_DIR"/influxdb-password "$SECRETS_DIR"/influxdb-operator-token \
        "$SECRETS_DIR"/grafana-password "$SECRETS_DIR"/gateway "$SECRETS_DIR"/enrolled \
        "$SECRETS_DIR"/.restore "$SECRETS_DIR"/.replaced-*; do
        [ ! -e "$path" ] || "$@" "$path"
    done
}

# remove_the_stack: if there is any of it. Where nobody tells what volumes there are, their secrets stay:
# without them the data is lost.
remove_the_stack() {
    command -v docker >/dev/null || return 0
    volumes=$(docker volume ls --quiet --filter "label=com.docker.compose.project=$(project)" 2>/dev/null) || return 0
    [ "$volumes" ] || [ "$(secrets echo)" ] || return 0
    if ! agreed "Remove the stack with its recorded runs, its users and its secrets too?"; then
        say "They are kept."
        return 0
    fi
    [ -z "$volumes" ] || by_name down --volumes --remove-orphans
    secrets rm -rf --
    [ -z "$NAME" ] || rmdir -- "$SECRETS_DIR" 2>/dev/null || true
}

# images: of the stack, those that are here; none as long as containers are made of them.
images() {
    if ! command -v docker >/dev/null || [ "$(services 2>/dev/null)" ]; then return 0; fi
    named=$(compose --profile '*' config --images 2>/dev/null) ||
        named=$(by_name config --images 2>/dev/null) || return 0
    # What ours are built on is named in no service.
    named="$named
$(sed -n 's/.*{PYTHON_IMAGE:-\(.*\)}$/\1/p' docker-compose.yml)"
    docker image ls --format '{{.Repository}}:{{.Tag}}' 2>/dev/null |
        grep -x -F -e "$named" | sort -u | tr '\n' ' '
}

# nameless: how many volumes without a name nobody uses.
nameless() {
    docker volume ls --quiet --filter dangling=true 2>/dev/null | grep -c -x -E '[0-9a-f]{64}' || true
}

# name_what_stays: what outlives all of this, and would be forgotten; each with how it is removed.
name_what_stays() {
    kept=$(backups)
    if [ "$kept" ]; then
        say "Kept: backups, with all data, passwords and tokens of the stack that they were made of."
        say "Remove those that nobody needs, and those that you wrote to other places:"
        say "$kept"
    fi
    if [ -e "$ENV_FILE" ]; then
        what="the settings"
        ! grep -q -E '^SWARMSCOPE_WEB_(PASSWORD|COOKIE)=.' "$ENV_FILE" || what="the login of Locust's page and the settings"
        say "Kept: $ENV_FILE, with $what, which the next \`$(hint up)\` takes up: rm $ENV_FILE"
    fi
    results=$(path RESULTS_DIR ./results)
    if [ -d "$results" ] && [ "$(ls -A -- "$results")" ]; then
        say "Kept: ${results#./}, with the files of runs: rm -r '$results'"
    fi
    images=$(images)
    [ -z "$images" ] || say "Kept: images, which are downloaded and built anew where they are missing: docker image rm $images"
    count=$(nameless)
    [ "$count" = 0 ] || say "Kept: volumes without a name ($count), which earlier versions of the stack may have left, or other" \
        "projects: docker volume prune removes those of all."
}

# Who removes a second stack goes on with the first, the command line and what it recorded.
if [ -z "$NAME" ]; then
    gone=
    for path; do
        [ ! -e "$path" ] || gone="$gone $path"
        rm -rf -- "$path"
    done
    say "Removed, of what was built and installed here:${gone:- nothing, there was nothing.}"
fi
trap name_what_stays EXIT
remove_the_stack
if [ -z "$NAME" ] && [ -d .swarmscope ]; then
    ! agreed "Remove .swarmscope with its recorded runs too?" || rm -rf .swarmscope
fi
