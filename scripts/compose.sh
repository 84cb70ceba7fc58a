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

# setting NAME DEFAULT: what the stack was told; the environment wins, also with nothing, as it does in
# Compose.
setting() {
    value=$(printenv "$1") || value=$(written "$1")
    printf '%s' "${value:-$2}"
}

# written NAME: what the file of settings has, as Compose reads it, whoever wrote it, and where.
written() {
    [ -e "$ENV_FILE" ] || return 0
    line=$(tr -d '\r' < "$ENV_FILE" |
        sed -n -E "s/^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*[=:][[:space:]]*//p" | tail -n 1)
    ! printf '%s\n' "$line" | unquoted || return 0
    # What stands for something else, or goes on in the next line, is Compose's to read.
    if ! told=$(compose config --environment); then
        say "What $1 is in $ENV_FILE can't be told: see above. Write the value itself there, in one line."
        exit 2
    fi
    printf '%s\n' "$told" | sed -n "s/^$1=//p"
}

# unquoted: one value as settings.sh or a user wrote it; fails where it isn't all that there is to it.
unquoted() {
    awk '{
        quote = substr($0, 1, 1)
        if (quote != "\"" && quote != "\047") {
            if (/\$/) exit 1
            sub(/[ \t]+#.*/, "")
            sub(/[ \t]+$/, "")
            print
            next
        }
        value = ""
        for (i = 2; i <= length($0); i++) {
            sign = substr($0, i, 1)
            if (sign == quote) break
            if (sign == "$" && quote == "\"") exit 1
            if (sign == "\\" && (quote == "\"" || substr($0, i + 1, 1) == quote))
                sign = substr($0, ++i, 1)
            value = value sign
        }
        if (i > length($0)) exit 1
        print value
    }'
}

# loads: whether the locustfile can be loaded; where not, that and the line are said.
loads() {
    compose --progress quiet run --rm --no-deps -T check
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
example)
    say "A stack can't be called example: .env.example is no stack's. Nothing was done."
    exit 2
    ;;
esac
# What make found in the environment, where it needn't mean a stack: many shells have something there.
if [ "${NAMED:-}" ] && [ "$NAMED" != example ] && [ -e ".env.$NAMED" ]; then
    say "NAME is $NAMED in your environment, and there is a stack of that name. Nothing was done. Say which"
    say "stack is meant: make … NAME=$NAMED, or make … NAME= for the one without a name."
    exit 2
fi

# Known before `make up` wrote it down: a stack with a name has secrets of its own.
SECRETS_DIR=$(setting SECRETS_DIR "./secrets${NAME:+/$NAME}")
export SECRETS_DIR

# make_secrets_folder: for its owner alone.
make_secrets_folder() {
    mkdir -p -- "$SECRETS_DIR"
    chmod -- 700 "$SECRETS_DIR"
}
