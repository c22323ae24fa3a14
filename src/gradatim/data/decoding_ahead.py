"""Work done by threads some steps ahead of whoever takes its results, in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

from gradatim.device import cores

Job = TypeVar("Job")
Result = TypeVar("Result")
AHEAD = 3  # jobs for each thread that wait or are done


def decoding_threads() -> int:
    """The threads that decode: one for each core, since a library's decoder leaves Python to the others.

    >>> decoding_threads() >= 1
    True
    """
    return max(1, min(cores(), 16))


def ahead(jobs: Iterable[Job], do: Callable[[Job], Result], most: int | None = None) -> Iterator[Result]:
    """The result of each job in order, `most` of them done or under way before they are taken.

    A job's exception is raised where its result is taken. Whoever stops taking, stops the threads.

    >>> list(ahead(range(5), lambda n: n * n))
    [0, 1, 4, 9, 16]
    """
    threads = decoding_threads()
    pool = ThreadPoolExecutor(threads, "decoding")
    waiting: deque[Future[Any]] = deque()
    rest = iter(jobs)
    try:
        waiting.extend(pool.submit(do, job) for job in islice(rest, most or AHEAD * threads))
        while waiting:
            found = waiting.popleft().result()
            waiting.extend(pool.submit(do, job) for job in islice(rest, 1))
            yield found
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
