// In what runs are alike that boards draw as one history: where they were made, and with how many
// users. A locustfile that was changed, or a run that was cut short, is seen among them.
made_alike = (r) =>
    (if exists r.environment and r.environment != "" then
        r.environment
    else if exists r.machine then
        r.machine
    else
        "") + ", " + (if exists r.users then string(v: r.users) else "?") + " users"
