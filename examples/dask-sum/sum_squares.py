"""Dask driver: sums the squares of the first numbers. A bare `Client()` finds the cluster by itself.

Writes total.txt and workers.json (worker -> node); prints the protocol of the connection.
"""

import argparse
import json
import pathlib
import socket

from distributed import Client


def sum_squares(first, last):
    return sum(number * number for number in range(first, last))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--numbers", type=int, required=True)
    arguments = parser.parse_args()
    with Client() as client:
        part = 50_000
        firsts = list(range(0, arguments.numbers, part))
        lasts = [min(first + part, arguments.numbers) for first in firsts]
        total = sum(client.gather(client.map(sum_squares, firsts, lasts)))
        names = {address: worker["name"] for address, worker in client.scheduler_info()["workers"].items()}
        hosts = client.run(socket.gethostname)
        pathlib.Path("total.txt").write_text(f"{total}\n")
        pathlib.Path("workers.json").write_text(json.dumps({names[address]: host for address, host in sorted(hosts.items())}))
        print(client.scheduler.address.split("://")[0])


if __name__ == "__main__":
    main()
