"""What holds for all tests, in whatever way they are started."""

import signal

# A program started in the background, or by nohup, ignores these, and so do all that it starts: of
# what a test starts, a shell couldn't even set a trap for them.
for _number, _usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)
