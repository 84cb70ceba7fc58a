# shellcheck shell=bash
# Behind the settings: what several steps do.
answers() { # URL
    curl --fail --silent --show-error --output /dev/null --retry 60 --retry-delay 1 --retry-all-errors "$1"
}
# Who answers before we start anything is somebody else: another service would be tested, another store written to.
refuse_who_answers() { # URL WHAT-TO-DO
    ! curl --silent --output /dev/null --max-time 10 "$1" || {
        echo "::error title=Load test::Something answers at $1 already. $2"
        exit 2
    }
}
end() { # FILE with a process's number
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    kill "$pid" 2> /dev/null || return 0
    for _ in $(seq 300); do
        kill -0 "$pid" 2> /dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2> /dev/null || true
}
