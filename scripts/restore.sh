#!/bin/sh
# restore.sh FILE: replace what InfluxDB and Grafana hold by what a backup holds.
set -eu
. "$(dirname "$0")/compose.sh"

file=$1
if [ ! -f "$file" ]; then
    say "There is no file $file. Nothing was changed. Name a backup: $(hint restore) FILE=…"
    exit 2
fi
if ! compose --progress quiet run --rm --no-deps -T archive check < "$file"; then
    say "$file is no complete backup of a stack. Nothing was changed."
    exit 2
fi
if [ "${YES:-}" != 1 ]; then
    printf 'Replace all data, users and tokens of this stack by those of %s? [y/N] ' "$file"
    read -r answer
    [ "$answer" = y ] || { say "Nothing was changed."; exit 1; }
fi
compose --profile '*' down
if ! compose --progress quiet run --rm --no-deps -T archive unpack < "$file"; then
    say "The restore did not end: the stack is stopped, and its data is incomplete. $file is whole;"
    say "free what is missing (see above), and \`$(hint restore) FILE=$file\` again."
    exit 1
fi
say "Restored. Starting the stack …"
scripts/up.sh
