"""Loaded by the Dask scheduler of a task: writes where it listens, and how many workers it has, into the folder SLUICE_OWN_STATE."""

import os

from distributed.diagnostics.plugin import SchedulerPlugin


def put(name, text):
    """Writes a state file so that nobody reads half of it."""
    folder = os.environ["SLUICE_OWN_STATE"]
    draft = os.path.join(folder, f".draft.{name}.scheduler")
    with open(draft, "w") as file:
        file.write(f"{text}\n")
    os.replace(draft, os.path.join(folder, name))


class Tells(SchedulerPlugin):
    name = "sluice-tells"

    def add_worker(self, scheduler, worker, **_):
        put("dask.workers", len(scheduler.workers))

    def remove_worker(self, scheduler, worker, **_):
        put("dask.workers", len(scheduler.workers))


def dask_setup(scheduler):
    scheduler.add_plugin(Tells())
    put("dask.scheduler", scheduler.address)
