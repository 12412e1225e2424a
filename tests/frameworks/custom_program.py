"""custom_program.py WHAT: says `ready` when the workers have added numbers up. `exit`: then exits with 3; `wait`: they go on until there
is a file `end`, or for ever."""

import os
import pathlib
import sys
import time

sys.path.insert(0, os.path.dirname(os.environ["TASKQUEUE_PROGRAM"]))
from taskqueue import connect  # noqa: E402


def total():
    for number in range(10):
        tasks.put((number, f"{number} * {number}"))
    return sum(value for _, value, _ in (results.get() for _ in range(10)))


tasks, results = connect()
print(f"ready {time.time_ns() // 1_000_000}: sum {total()}", flush=True)
if sys.argv[1] == "exit":
    sys.stderr.write("no data for part 1\n")
    sys.exit(3)
while not pathlib.Path("end").exists():
    total()
    time.sleep(0.5)
