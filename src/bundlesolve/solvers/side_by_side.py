"""The same work in several threads, of which the caller's is one."""

from __future__ import annotations

import threading
from collections.abc import Callable


def side_by_side(
    work: Callable[[], None], fail: Callable[[BaseException], None], threads: int
) -> None:
    """Run ``work`` in ``threads`` threads until all of them return.

    ``work`` hands what goes wrong in it to ``fail``, which makes the others stop. So is
    what is raised here, such as a second Ctrl-C while waiting: nobody would tell them
    otherwise.
    """
    workers = [threading.Thread(target=work) for _ in range(threads - 1)]
    for worker in workers:
        worker.start()
    try:
        work()
        for worker in workers:
            worker.join()
    except BaseException as error:
        fail(error)
        raise
