"""Which stored bytes were read and found to be those that their address promises, so that not every reading hashes them anew.

What is remembered is the mark of what was read: a file's inode, size and times, or an S3 object's version. Other bytes in its place have another
mark and are read again; after an hour everything is, because a disk may also change bytes without telling anybody.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable

REMEMBERED_SECONDS = 3600.0
MOST = 20_000


class Verified:
    """Marks of objects whose digest was computed and right; safe between threads."""

    def __init__(self) -> None:
        self._marks: OrderedDict[str, tuple[Hashable, float]] = OrderedDict()
        self._lock = threading.Lock()

    def knows(self, key: str, mark: Hashable) -> bool:
        with self._lock:
            found = self._marks.get(key)
        return found is not None and found[0] == mark and time.monotonic() - found[1] < REMEMBERED_SECONDS

    def learn(self, key: str, mark: Hashable) -> None:
        with self._lock:
            self._marks[key] = (mark, time.monotonic())
            self._marks.move_to_end(key)
            while len(self._marks) > MOST:
                self._marks.popitem(last=False)
