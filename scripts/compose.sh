# shellcheck shell=sh
# Sourced by the other scripts: which stack they are about.
#
# NAME is empty for the one stack that most people have. Another beside it has a name, settings in
# .env.NAME, and secrets of its own.

cd "$(dirname "$0")/.." || exit
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
        value=$(sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1)
    fi
    printf '%s' "${value:-$2}"
}

# hint TARGET: the command for this stack, to be pasted.
hint() {
    printf 'make %s%s' "$1" "${NAME:+ NAME=$NAME}"
}

say() {
    printf '%s\n' "$*" >&2
}
