"""Runs beside a task's Ray head until all workers have joined: writes how many have, into the folder SLUICE_OWN_STATE."""

import os
import socket
import sys
import time

HEAD = os.getppid()


def put(name, text):
    """Writes a state file so that nobody reads half of it."""
    folder = os.environ["SLUICE_OWN_STATE"]
    draft = os.path.join(folder, f".draft.{name}.head")
    with open(draft, "w") as file:
        file.write(f"{text}\n")
    os.replace(draft, os.path.join(folder, name))


def pause():
    time.sleep(0.3)
    if os.getppid() != HEAD:
        sys.exit()


def await_port(address):
    host, _, port = address.rpartition(":")
    while True:
        try:
            socket.create_connection((host, int(port)), 5).close()
            return
        except OSError:
            pause()


def knows_tokens(version):
    """Older versions take no notice of RAY_AUTH_MODE."""
    major, minor = version.split(".")[:2]
    return (int(major), int(minor)) >= (2, 52)


def main():
    address = os.environ["RAY_ADDRESS"]
    await_port(address)
    import ray
    from ray._raylet import GcsClient

    if not knows_tokens(ray.__version__):
        put("ray.open", ray.__version__)
    client, told, wanted = GcsClient(address=address), None, int(os.environ["SLUICE_RAY_WORKERS"])
    while told is None or told < wanted:
        try:
            nodes = client.get_all_node_info(timeout=5)
        except Exception as error:  # Whatever it is, the head may be on its way.
            print(f"sluice: the head does not answer yet: {error}", file=sys.stderr)
            pause()
            continue
        nodes = nodes.values() if isinstance(nodes, dict) else nodes
        # State 0 is ALIVE; the head itself is one of them.
        alive = sum(node.state == 0 for node in nodes) - 1
        if alive != told and alive >= 0:
            put("ray.nodes", alive)
            told = alive
        pause()


main()
