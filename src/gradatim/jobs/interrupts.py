"""Ctrl-C and termination as a flag that training reads between two steps."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Flag:
    """Set by the first signal. What should happen then is told with `then`, before or after it came."""

    def __init__(self) -> None:
        self.is_set = False
        self._action: Callable[[], None] | None = None

    def then(self, action: Callable[[], None]) -> None:
        """Do this when the signal comes; at once if it has come."""
        self._action = action
        if self.is_set:
            action()

    def set(self) -> None:
        """The signal has come."""
        self.is_set = True
        if self._action is not None:
            self._action()


@contextmanager
def interruptible() -> Iterator[Flag]:
    """Turn the first SIGINT or SIGTERM into a flag; a second one acts as usual.

    Only the main thread receives signals; elsewhere the flag is never set. A signal that whoever started this
    process had it ignore stays ignored.
    """
    flag = Flag()
    if threading.current_thread() is not threading.main_thread():
        yield flag
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}

    def set_flag(_number: int, _frame: FrameType | None) -> None:
        restore()
        flag.set()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    for number in before:
        signal.signal(number, set_flag)
    try:
        yield flag
    finally:
        restore()
