"""Django's tasks without a worker."""

from threading import Thread, Timer
from typing import Any

from django.db import connections
from django.tasks.backends.immediate import ImmediateBackend
from django.utils import timezone


class ThreadBackend(ImmediateBackend):
    """Does each task once, in a thread that nobody waits for.

    A process that ends finishes what it has begun and forgets what was to be done later: whoever defers a task writes
    down what it is for.
    """

    supports_defer = True

    def _execute_task(self, task_result: Any) -> None:
        later = task_result.task.run_after
        if later is None:
            Thread(target=self._in_thread, args=[task_result]).start()
        else:
            timer = Timer(max(0, (later - timezone.now()).total_seconds()), self._in_thread, [task_result])
            timer.daemon = True
            timer.start()

    def _in_thread(self, task_result: Any) -> None:
        try:
            super()._execute_task(task_result)  # type: ignore[misc]
        finally:
            connections.close_all()
