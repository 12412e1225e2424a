"""ray_program.py WHAT: says `ready` when the workers have added numbers up. `exit`: then exits with 3; `wait`: they go on until there is
a file `end`, or for ever."""

import pathlib
import sys
import time

import ray


@ray.remote
def square(number):
    return number * number


def total():
    return sum(ray.get([square.remote(number) for number in range(10)]))


ray.init()
print(f"ready {time.time_ns() // 1_000_000}: sum {total()}", flush=True)
if sys.argv[1] == "exit":
    sys.stderr.write("no data for part 1\n")
    sys.exit(3)
while not pathlib.Path("end").exists():
    total()
    time.sleep(0.5)
