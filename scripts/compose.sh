# shellcheck shell=sh
# Sourced by the other scripts: which stack they are about.
#
# NAME is empty for the one stack that most people have. Another beside it has a name, settings in
# .env.NAME, and secrets of its own.

CDPATH='' cd -- "$(dirname -- "$0")/.." || exit
NAME=${NAME:-}
ENV_FILE=.env${NAME:+.$NAME}

compose() {
    if [ -e "$ENV_FILE" ]; then
        docker compose ${NAME:+--project-name "$NAME"} --env-file "$ENV_FILE" "$@"
    else
        docker compose ${NAME:+--project-name "$NAME"} "$@"
    fi
}

# setting NAME DEFAULT: what the stack was told; the environment wins, as it does in Compose.
setting() {
    value=$(printenv "$1" || true)
    if [ -z "$value" ] && [ -e "$ENV_FILE" ]; then
        value=$(sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1 | unquoted)
    fi
    printf '%s' "${value:-$2}"
}

# unquoted: one value as settings.sh or a user wrote it, as Compose reads it.
unquoted() {
    awk '{
        quote = substr($0, 1, 1)
        if (quote != "\"" && quote != "\047") {
            sub(/[ \t]+#.*/, "")
            sub(/[ \t]+$/, "")
            print
            next
        }
        value = ""
        for (i = 2; i <= length($0); i++) {
            sign = substr($0, i, 1)
            if (sign == quote) break
            if (sign == "\\" && (quote == "\"" || substr($0, i + 1, 1) == quote))
                sign = substr($0, ++i, 1)
            value = value sign
        }
        print value
    }'
}

# hint TARGET: the command for this stack, to be pasted.
hint() {
    printf 'make %s%s' "$1" "${NAME:+ NAME=$NAME}"
}

# say TEXT …: on the terminal, where what others named must not move the cursor or hide a line.
say() {
    printf '%s\n' "$*" | LC_ALL=C tr '\001-\011\013-\037\177' '?' |
        LC_ALL=C sed "s/$(printf '\302[\200-\237]')/?/g" >&2
}

# The name becomes a part of files' names, and a project of Compose, which allows just these.
case $NAME in
[!a-z0-9]* | *[!a-z0-9_-]*)
    say "NAME is '$NAME', which can't be a stack's name. Nothing was done. Use small letters, digits,"
    say "dashes and underscores, and begin with a letter or digit: NAME=second."
    exit 2
    ;;
gateway | enrolled)
    say "A stack can't be called $NAME: the first one keeps files in secrets/$NAME. Nothing was done."
    exit 2
    ;;
esac

# Known before `make up` wrote it down: a stack with a name has secrets of its own.
SECRETS_DIR=$(setting SECRETS_DIR "./secrets${NAME:+/$NAME}")
export SECRETS_DIR

# make_secrets_folder: for its owner alone.
make_secrets_folder() {
    mkdir -p -- "$SECRETS_DIR"
    chmod -- 700 "$SECRETS_DIR"
}
