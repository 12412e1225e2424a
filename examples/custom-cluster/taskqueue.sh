# shellcheck shell=bash
# shellcheck disable=SC2154  # variables are those of sluice's node library
# What the table `[clusters.taskqueue]` cannot say: a secret for each task, and the program of the daemons. The functions that a file
# like this may have are listed in templates/lib/custom.sh.

# In the batch script. Anyone who reaches the server's port could run code as this user, so the cluster has a secret of its own, in a file
# that only the user can read.
sluice_taskqueue_prepare() {
  sluice_make_private
  (
    umask 077
    sluice_random_secret >"$sluice_private/key"
    sluice_print_taskqueue_program >"$sluice_private/taskqueue.py"
  )
}

# On the node, before the command.
sluice_taskqueue_enter() {
  sluice_give TASKQUEUE_PROGRAM "$sluice_private/taskqueue.py"
  sluice_give TASKQUEUE_KEY_FILE "$sluice_private/key"
}

# In the batch script, when all have ended: the secret goes with the cluster.
sluice_taskqueue_close() {
  sluice_remove_private
}

# The daemons: "serve" holds the queues, "work" takes a task (a line of Python that gives a value) and answers, "ping" tries to connect.
sluice_print_taskqueue_program() {
  cat <<'PROGRAM'
import os, queue, sys
from multiprocessing.managers import BaseManager

class Queues(BaseManager):
    pass

host, port = os.environ["TASKQUEUE_ADDRESS"].rsplit(":", 1)
with open(os.environ["TASKQUEUE_KEY_FILE"], "rb") as key:
    address, key = (host, int(port)), key.read()

def connect():
    for name in ("tasks", "results"):
        Queues.register(name)
    manager = Queues(address, key)
    manager.connect()
    return manager.tasks(), manager.results()

def serve():
    for name in ("tasks", "results"):
        Queues.register(name, callable=lambda held=queue.Queue(): held)
    print("serving at", address, flush=True)
    Queues(address, key).get_server().serve_forever()

def work():
    tasks, results = connect()
    me = "%s.%s" % (os.environ["SLUICE_ROLE"], os.environ["SLUICE_RANK"])
    while True:
        number, text = tasks.get()
        print("task", number, text, flush=True)
        results.put((number, eval(text), me))

if __name__ == "__main__":
    {"serve": serve, "work": work, "ping": connect}[sys.argv[1]]()
PROGRAM
}
