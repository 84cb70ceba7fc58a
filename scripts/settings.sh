#!/bin/sh
# settings.sh FILE [NAME=VALUE …]: remember settings in an env file, so that a later
# `docker compose …` without make finds the same stack.
set -eu

file=$1
shift
# All of them first: a line end in a value would be a second setting.
for setting in "$@"; do
    if [ "$(printf '%s' "$setting" | LC_ALL=C tr -d '\001-\010\012-\037\177')" != "$setting" ]; then
        echo "The value of ${setting%%=*} holds a line end or another control sign. Nothing was changed." >&2
        echo "Give it in one line, of signs that can be seen." >&2
        exit 2
    fi
done

# quoted VALUE: as Compose reads it back, sign by sign; what needs no quotes gets none.
quoted() {
    case $1 in
    *[!A-Za-z0-9_./:@%+,=?\&~-]*) printf '"%s"' "$(printf '%s' "$1" | sed 's/[\\"$]/\\&/g')" ;;
    *) printf '%s' "$1" ;;
    esac
}

[ -s "$file" ] || (umask 077 && printf '# Settings of this stack; .env.example explains them.\n' > "$file")
for setting in "$@"; do
    name=${setting%%=*}
    # Made beside it, for whoever may read it: some settings are passwords.
    new=$(mktemp "$file.XXXXXX")
    grep -v "^$name=" "$file" > "$new" || true
    printf '%s=%s\n' "$name" "$(quoted "${setting#*=}")" >> "$new"
    # Written through, not moved over it: the file may be a link, and its mode is the user's.
    cat "$new" > "$file"
    rm "$new"
done
