#!/bin/sh
# restore.sh FILE: replace what InfluxDB and Grafana hold by what a backup holds.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

# again: the command, to be pasted, with what it may want more.
again() {
    hint restore
    case $file in
    *[!A-Za-z0-9_./:@%+,=~-]*) printf " FILE='%s'" "$file" ;;
    *) printf ' FILE=%s' "$file" ;;
    esac
    printf '%s' "${1:+ $1}"
}
file=${1:-}
if [ ! -f "$file" ]; then
    if [ "$file" ]; then told="There is no file $file."; else told="It isn't said of which backup."; fi
    say "$told Nothing was changed. Name one: $(hint restore) FILE=…"
    kept=$(backups)
    [ -z "$kept" ] || say "In backups/ there are:
$kept"
    exit 2
fi
# Asked when the archive was looked at. Where nobody can be, that is said before.
answer=
if [ "${YES:-}" = 1 ]; then
    answer=y
elif [ ! -t 0 ] && ! read -r answer; then
    say "All data, users and tokens of this stack would be replaced by those of $file, and there is no"
    say "terminal to ask on. Nothing was changed. If that is meant: $(again YES=1)"
    exit 2
fi
# archive JOB [OPTION …]: in a container that has the stack's volumes and no network.
archive() {
    job=$1
    shift
    compose --progress quiet run --rm --no-deps -T "$@" archive "$job"
}
# interrupted: what became of the data; where the stack is stopped, nothing else would say it.
state="Nothing was changed: the stack is as it was."
interrupted() {
    trap '' INT TERM HUP
    say "The restore was interrupted. $state"
    exit 130
}
trap interrupted INT TERM HUP
make_secrets_folder
build bootstrap >&2
# The first to read what somebody made is nobody, and may write nowhere.
if ! archive check --user 65534:65534 < "$file"; then
    say "$file is no complete backup of a stack, or can't be restored here. Nothing was changed."
    exit 2
fi
if [ -z "$answer" ]; then
    say "Replace all data, users and tokens of this stack by those of $file? [y/N]"
    read -r answer || true
fi
[ "$answer" = y ] || { say "Nothing was changed."; exit 1; }
# Beside the data first: what is there is touched when all of the archive lies there, checked again.
if ! archive stage < "$file"; then
    say "The restore did not begin: the stack runs on, and its data is as it was. See above for why;"
    say "then \`$(again)\` again."
    exit 1
fi
state="The stack may be stopped, and its data is as it was:
\`$(hint up)\` starts it, \`$(again)\` begins again."
by_name down
state="The stack is stopped, and its data is all as it was, or all that of $file:
\`$(again)\` again makes sure of it."
if ! archive swap < /dev/null; then
    say "The restore did not end: the stack is stopped. See above for why, and for what became of its"
    say "data. $file is whole: \`$(again)\` again."
    exit 1
fi
state="The data of $file is in its place. \`$(hint up)\` starts the stack."
say "Restored. Starting the stack …"
scripts/up.sh
