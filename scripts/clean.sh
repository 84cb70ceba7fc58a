#!/bin/sh
# Remove the stack's data, if there is any, and if the user says so.
set -eu
. "$(dirname "$0")/compose.sh"

command -v docker >/dev/null || exit 0
volumes=$(docker volume ls --quiet --filter "label=com.docker.compose.project=${NAME:-swarmscope}" 2>/dev/null || true)
[ "$volumes" ] || exit 0
printf 'Remove the stack with its recorded runs, its users and its secrets too? [y/N] '
read -r answer
if [ "$answer" != y ]; then
    say "They are kept."
    exit 0
fi
compose --profile '*' down --volumes --remove-orphans
secrets=$(setting SECRETS_DIR ./secrets)
find "$secrets" -mindepth 1 ! -name .gitignore -delete
