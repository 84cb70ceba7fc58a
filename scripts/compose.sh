# shellcheck shell=sh
# Sourced by the other scripts: which stack they are about.
#
# NAME is empty for the one stack that most people have. Another beside it has a name, settings in
# .env.NAME, and secrets of its own.

CDPATH='' cd -- "$(dirname -- "$0")/.." || exit
NAME=${NAME:-}
ENV_FILE=.env${NAME:+.$NAME}
# What it is called in what we say: `make up` reads a draft of it.
ENV_NAME=$ENV_FILE

compose() {
    if [ -e "$ENV_FILE" ]; then
        docker compose ${NAME:+--project-name "$NAME"} --env-file "$ENV_FILE" "$@"
    else
        docker compose ${NAME:+--project-name "$NAME"} "$@"
    fi
}

# build [SERVICE …]: the images, in the name of one stack for all of them: Compose writes the name into an
# image, and the next `up` of each other stack, whose tag that takes away, would make its containers anew.
# shellcheck disable=SC2120 # `make up` builds all
build() {
    # Of two names it's the last that counts.
    compose --project-name swarmscope build --quiet "$@"
}

# project: what Compose calls this stack.
project() {
    if [ "$NAME" ]; then printf '%s' "$NAME"; else setting COMPOSE_PROJECT_NAME swarmscope; fi
}

# by_name …: the same on what there is of the stack, of every profile, with nobody's settings: whatever the
# file of them holds, it can be looked at and stopped. By the name in the environment Compose goes on where
# it can't read the model (of an override with variables, say), which a --project-name would never show it:
# in that is the order in which services stop.
by_name() {
    called=$(project) || exit
    COMPOSE_PROJECT_NAME=$called docker compose --env-file /dev/null --profile '*' "$@"
}

# services [OPTION …]: of what there is of the stack; not the jobs that `compose run` starts.
# shellcheck disable=SC2120 # most ask for all
services() {
    called=$(project) || exit
    docker ps --all --filter "label=com.docker.compose.project=$called" \
        --filter label=com.docker.compose.oneoff=False "$@" \
        --format '{{.Label "com.docker.compose.service"}}' | sort
}

# job SERVICE [WORD …]: a command in a container of its own, with the settings that it needs and no
# others: it works where one that belongs to another service is wrong.
job() {
    for name in SWARMSCOPE_UID SWARMSCOPE_GID RESULTS_DIR CLI_IMAGE SWARMSCOPE_WEB_USERNAME \
        SWARMSCOPE_WEB_PASSWORD SWARMSCOPE_WEB_COOKIE; do
        value=$(setting "$name" '') || exit
        [ -z "$value" ] || export "$name=$value"
    done
    by_name --progress quiet run --rm --no-deps "$@"
}

# setting NAME DEFAULT: what the stack was told; the environment wins, also with nothing, as it does in
# Compose.
setting() {
    if eval "[ \"\${$1+given}\" ]"; then eval "value=\$$1"; else value=$(written "$1") || exit; fi
    printf '%s' "${value:-$2}"
}

# path NAME DEFAULT: the same, where it begins with a ~ that the shell left as it was, for Compose does.
path() {
    value=$(setting "$1" "$2") || exit
    # shellcheck disable=SC2088 # that one it is that the shell left
    case $value in "~/"*) value=$HOME/${value#??} ;; esac
    printf '%s' "$value"
}

# is_the_shop_tested: it has to be there then, whosever the locustfile is.
is_the_shop_tested() {
    case $(setting LOCUST_HOST http://shop:8080) in
    shop | shop[:/]* | *://shop | *://shop[:/]*) ;;
    *) return 1 ;;
    esac
}

# written NAME: what the file of settings has, as Compose reads it, whoever wrote it, and where.
written() {
    [ -e "$ENV_FILE" ] || return 0
    ! unquoted "$1" < "$ENV_FILE" || return 0
    # What stands for something else, or goes on in the next line, is Compose's to read.
    if ! told=$(echo 'services: {}' | compose --file - config --environment); then
        say "What $1 is in $ENV_NAME can't be told: see above. Write the value itself there, in one line."
        exit 2
    fi
    printf '%s\n' "$told" | sed -n "s/^$1=//p"
}

# unquoted NAME: its last value, as settings.sh or a user wrote it; fails where that isn't all there is to it.
unquoted() {
    awk -v start="^[ \t]*(export[ \t]+)?$1[ \t]*[=:][ \t]*" '
    {
        gsub(/\r/, "")
        if (sub(start, "")) { line = $0; found = 1 }
    }
    END {
        if (!found) exit
        quote = substr(line, 1, 1)
        if (quote != "\"" && quote != "\047") {
            if (line ~ /\$/) exit 1
            sub(/[ \t]+#.*/, "", line)
            sub(/[ \t]+$/, "", line)
            print line
            exit
        }
        for (i = 2; i <= length(line); i++) {
            sign = substr(line, i, 1)
            if (sign == quote) break
            if (sign == "$" && quote == "\"") exit 1
            if (sign == "\\" && (quote == "\"" || substr(line, i + 1, 1) == quote))
                sign = substr(line, ++i, 1)
            value = value sign
        }
        if (i > length(line)) exit 1
        print value
    }'
}

# loads: whether the locustfile can be loaded; where not, that and the line are said.
loads() {
    compose --progress quiet run --rm --no-deps -T check
}

# suffers: whether FAULT is one of the demo shop's; where not, those there are are said.
suffers() {
    compose --progress quiet run --rm --no-deps -T shop --check
}

# sum_of_code: of the locustfile, and of what it may import. Compose knows its folder, and not what was
# changed in there.
sum_of_code() {
    folder=$(dirname -- "$(setting LOCUSTFILE locust/locustfiles/shop.py)")
    cat -- "$folder"/*.py "$folder"/*/*.py 2>/dev/null | cksum | tr ' ' -
}

# hint TARGET: the command for this stack, to be pasted.
hint() {
    printf 'make %s%s' "$1" "${NAME:+ NAME=$NAME}"
}

# backups: those that lie where `make backup` puts them, one in each line.
backups() {
    find backups -type f -name '*.tar.gz*' 2>/dev/null | sort | sed 's/^/    /'
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

# find_secrets: for whoever starts something. Who only looks or stops goes on where the file can't be read.
# Known before `make up` wrote it down: a stack with a name has secrets of its own.
find_secrets() {
    SECRETS_DIR=$(path SECRETS_DIR "./secrets${NAME:+/$NAME}") || exit
    export SECRETS_DIR
}

# make_secrets_folder: for its owner alone.
make_secrets_folder() {
    mkdir -p -- "$SECRETS_DIR"
    chmod -- 700 "$SECRETS_DIR"
}
