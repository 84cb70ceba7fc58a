#!/bin/sh
# settings.sh FILE [NAME=VALUE …]: remember settings in an env file, so that a later
# `docker compose …` without make finds the same stack.
set -eu

file=$1
shift
[ -e "$file" ] || (umask 077 && printf '# Settings of this stack; .env.example explains them.\n' > "$file")
for setting in "$@"; do
    name=${setting%%=*}
    grep -v "^$name=" "$file" > "$file.new" || true
    printf '%s\n' "$setting" >> "$file.new"
    # Written through, not moved over it: the file may be a link, and its mode is the user's.
    cat "$file.new" > "$file"
    rm "$file.new"
done
