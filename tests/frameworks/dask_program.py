"""dask_program.py WHAT: says `ready` when the workers have added numbers up. `exit`: then exits with 3; `wait`: they go on until there
is a file `end`, or for ever."""

import pathlib
import sys
import time

from distributed import Client


def total(client):
    return client.submit(sum, client.map(lambda number: number * number, range(10), pure=False), pure=False).result()


client = Client()
print(f"ready {time.time_ns() // 1_000_000}: sum {total(client)}", flush=True)
if sys.argv[1] == "exit":
    sys.stderr.write("no data for part 1\n")
    sys.exit(3)
while not pathlib.Path("end").exists():
    total(client)
    time.sleep(0.5)
