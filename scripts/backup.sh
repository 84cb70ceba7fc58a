#!/bin/sh
# backup.sh FILE: everything that InfluxDB and Grafana hold, with the secrets, in one archive.
set -eu
. "$(dirname "$0")/compose.sh"

file=$1
mkdir -p "$(dirname "$file")"
if [ -e "$file" ]; then
    say "$file is there already. Nothing was done; name another FILE."
    exit 2
fi
# Stopped, because a copy of a moving database is no copy. Workers keep what they measure on disk
# meanwhile, and deliver it afterwards: a run may go on.
running=$(compose ps --services --status running | grep -x -e influxdb -e grafana || true)
resume() {
    # shellcheck disable=SC2086 # a list of services
    [ -z "$running" ] || compose --progress quiet up --detach --wait --no-deps --no-recreate $running
}
trap resume EXIT
# shellcheck disable=SC2086
[ -z "$running" ] || compose --progress quiet stop $running
(umask 077 && compose --progress quiet run --rm --no-deps -T archive pack > "$file.part")
mv "$file.part" "$file"
say "$file: $(du -h "$file" | cut -f 1). It holds the secrets too: keep it as safe as them."
