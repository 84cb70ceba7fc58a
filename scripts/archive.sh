#!/bin/sh
# Runs inside a container that has every volume of the stack below /archive.
set -eu

MARK=swarmscope-backup-1

case $1 in
pack)
    # The mark comes last: an archive that was cut off has none.
    printf 'made %s\n' "$(date -u +%FT%TZ)" > "/tmp/$MARK"
    cd /archive
    # Our own volumes' names: none of them can be taken for an option.
    # shellcheck disable=SC2035
    tar -cz --numeric-owner * -C /tmp "$MARK"
    ;;
check)
    tar -tz | grep -q -x "$MARK"
    ;;
unpack)
    for volume in /archive/*; do
        # What git keeps in the host's folder is no secret, and none of the backup's business.
        find "$volume" -mindepth 1 ! -name .gitignore -delete
    done
    tar -xz -p --numeric-owner --exclude "$MARK" -C /archive
    ;;
*)
    echo "archive.sh pack | check | unpack" >&2
    exit 2
    ;;
esac
