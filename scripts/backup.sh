#!/bin/sh
# backup.sh [FILE]: everything that InfluxDB and Grafana hold, with the secrets, in one archive.
set -eu
. "$(dirname "$0")/compose.sh"
find_secrets

file=${1:-backups/swarmscope-$(date -u +%Y%m%d-%H%M%S).tar.gz}
case $file in -*) file=./$file ;; esac
mkdir -p "$(dirname "$file")"
if [ -e "$file" ] || [ -L "$file" ]; then
    say "$file is there already. Nothing was done; name another FILE."
    exit 2
fi
make_secrets_folder
build bootstrap >&2
# A new file of a name that nobody can have made before: it may be a folder that others write to.
part=$(mktemp "$file.XXXXXX")
# Stopped, because a copy of a moving database is no copy. Workers keep what they measure on disk
# meanwhile, and deliver it afterwards: a run may go on.
running=$(compose ps --services --status running | grep -x -e influxdb -e grafana || true)
resume() {
    rm -f "$part"
    # shellcheck disable=SC2086 # a list of services
    [ -z "$running" ] || compose --progress quiet up --detach --wait --no-deps --no-recreate $running
}
trap resume EXIT
# A shell that a signal ends runs no EXIT trap by itself.
trap 'exit 130' INT TERM HUP
# shellcheck disable=SC2086
[ -z "$running" ] || compose --progress quiet stop $running
compose --progress quiet run --rm --no-deps -T archive pack > "$part"
# Somebody may have made a folder of that name meanwhile, and mv would put it in there.
if [ -e "$file" ] || [ -L "$file" ]; then
    say "Somebody made $file meanwhile: it is not the backup. That is $part, which holds"
    say "the secrets too: move it to where you want to keep it."
    part=
    exit 1
fi
mv "$part" "$file"
say "$file: $(du -h "$file" | cut -f 1). It holds the secrets too: keep it as safe as them."
