"""Ray driver: estimates pi by points thrown at a square. A bare `ray.init()` finds the cluster by itself.

Writes the estimate, the number of Ray's nodes and of its cores as JSON.
"""

import argparse
import json
import pathlib
import random

import ray


@ray.remote
def count_inside(seed, points):
    """How many of so many points of a square are in its circle."""
    draw = random.Random(seed).random
    return sum(draw() ** 2 + draw() ** 2 <= 1 for _ in range(points))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    ray.init(log_to_driver=False)
    tasks = 16
    inside = sum(ray.get([count_inside.remote(seed, arguments.points // tasks) for seed in range(tasks)]))
    nodes = sum(node["Alive"] for node in ray.nodes())
    found = {"pi": 4 * inside / (arguments.points // tasks * tasks), "nodes": nodes, "cores": ray.cluster_resources()["CPU"]}
    arguments.output.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
