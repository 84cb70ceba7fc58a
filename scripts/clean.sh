#!/bin/sh
# Remove the stack's data and secrets, if there are any, and if the user says so.
set -eu
. "$(dirname "$0")/compose.sh"

# By their names: beside them lie the secrets of stacks that have a NAME.
# The last two are what a restore that was cut off left.
secrets() {
    for path in "$SECRETS_DIR"/influxdb-password "$SECRETS_DIR"/influxdb-operator-token \
        "$SECRETS_DIR"/grafana-password "$SECRETS_DIR"/gateway "$SECRETS_DIR"/enrolled \
        "$SECRETS_DIR"/.restore "$SECRETS_DIR"/.replaced-*; do
        [ ! -e "$path" ] || "$@" "$path"
    done
}

# What outlives all of this, and would be forgotten.
name_what_stays() {
    backups=$(find backups -type f -name '*.tar.gz*' 2>/dev/null | sort)
    if [ "$backups" ]; then
        say "Kept: backups, with all data, passwords and tokens of the stack that they were made of."
        say "Remove those that nobody needs, and those that you wrote to other places:"
        printf '%s\n' "$backups" | while IFS= read -r path; do say "    $path"; done
    fi
    if grep -q -E '^SWARMSCOPE_WEB_(PASSWORD|COOKIE)=.' "$ENV_FILE" 2>/dev/null; then
        say "Kept: $ENV_FILE, with the login of Locust's page."
    fi
}
trap name_what_stays EXIT

# Where nobody tells what volumes there are, their secrets stay: without them the data is lost.
command -v docker >/dev/null || exit 0
volumes=$(docker volume ls --quiet --filter "label=com.docker.compose.project=${NAME:-swarmscope}" 2>/dev/null) || exit 0
[ "$volumes" ] || [ "$(secrets echo)" ] || exit 0
printf 'Remove the stack with its recorded runs, its users and its secrets too? [y/N] '
read -r answer || true
if [ "$answer" != y ]; then
    say "They are kept."
    exit 0
fi
[ -z "$volumes" ] || compose --profile '*' down --volumes --remove-orphans
secrets rm -rf --
[ -z "$NAME" ] || rmdir -- "$SECRETS_DIR" 2>/dev/null || true
