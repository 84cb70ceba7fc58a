// A bucket's bounds may lie outside of all that was measured: what was is known to the digit. Of a
// window whose histogram is missing nothing is.
known = (r, ms) =>
    if not exists ms then
        ms
    else if exists r.max_response_time and ms > r.max_response_time then
        r.max_response_time
    else if exists r.min_response_time and ms < r.min_response_time then
        r.min_response_time
    else
        ms
