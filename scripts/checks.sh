# shellcheck shell=sh
# Sourced after compose.sh: whether what the stack is told can be meant. Each check refuses with what is
# wrong, what became of it (FATE) and what to give instead.

# Of a network bridge no more than 1023 containers can be: the workers, and who is there beside them.
MOST_WORKERS=1000

# refuse TEXT …: the first says what is wrong, the others what to do.
refuse() {
    say "$1 $FATE"
    shift
    for advice in "$@"; do say "$advice"; done
    exit 2
}

# check_workers NUMBER TARGET: Compose takes 0, and of a word it says what its parser does.
check_workers() {
    instead="Give a number from 1 to $MOST_WORKERS, one for each core at most: $(hint "$2") WORKERS=8"
    case $1 in
    *[!0-9]* | '' | 0*) refuse "WORKERS is '$1', which is no number of workers." "$instead" ;;
    esac
    # Of many digits a shell can't tell the size.
    [ "${#1}" -le 4 ] && [ "$1" -le "$MOST_WORKERS" ] ||
        refuse "WORKERS is $1, and one machine's network holds no more than $MOST_WORKERS." "$instead"
}

# check_switch NAME [WORD …]: on, off, or one of the words; anything else would be taken for off.
check_switch() {
    switched=$(setting "$1" '')
    case $switched in
    '' | on | off) ;;
    *) refuse "$1 is '$switched', which is neither on nor off." "Give one of these: $(hint up) $1=on" ;;
    esac
}

# check_port NAME: one that there is.
check_port() {
    port=$(setting "$1" '')
    case $port in
    '') return 0 ;;
    *[!0-9]* | 0* | ??????*) ;;
    *) [ "$port" -gt 65535 ] || return 0 ;;
    esac
    refuse "$1 is '$port', which is no port." "Give a number from 1 to 65535: $(hint up) $1=8090"
}

# check_address NAME: Docker listens on addresses, and asks nobody for those of a name.
check_address() {
    case $(setting "$1" '') in
    *[!0-9a-fA-F.:]*)
        refuse "$1 is '$(setting "$1" '')', which is no address." \
            "Give one of this machine, or 127.0.0.1: $(hint up) $1=10.0.0.5"
        ;;
    esac
}

# check_file NAME PATH ADVICE: one that its folder can be mounted of.
check_file() {
    case $2 in /*) found=$2 ;; *) found=$PWD/$2 ;; esac
    [ ! -d "$2" ] || refuse "$1 is $2, which is a folder." "$3"
    [ -f "$2" ] || refuse "$1 is $2, and there is no file $found." "$3"
    case $2 in *:*)
        refuse "$1 is $2: Docker takes a colon for the end of a path." \
            "Give the file, or its folder, another name."
        ;;
    esac
}

# check_locustfile PATH: what a container can be given of it.
check_locustfile() {
    another="Name another one: $(hint up) LOCUSTFILE=path/to/mine.py; the demo's: $(hint up) LOCUSTFILE="
    check_file LOCUSTFILE "$1" "$another"
    case ${1##*/} in *,*)
        refuse "LOCUSTFILE is $1: Locust takes a comma for the end of a name." "Give the file another name."
        ;;
    esac
}

# check_folder NAME PATH: it is there, or can be made.
check_folder() {
    mkdir -p -- "$2" 2>/dev/null ||
        refuse "$1 is $2, and no folder can be made there." "Name another one: $(hint up) $1=./folder"
}

# check_compose: the rest, as Compose puts it.
check_compose() {
    ! complaint=$(compose --profile '*' config --quiet 2>&1) || return 0
    say "$(printf '%s\n' "$complaint" | sed "s|$ENV_FILE|$ENV_NAME|g")"
    refuse "Compose can't use the settings, as it says above." \
        "Give make another value, or correct the one in $ENV_NAME; .env.example explains each."
}
