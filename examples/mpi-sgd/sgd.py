"""One rank of data-parallel training: logistic regression by stochastic gradient descent, the gradients averaged over all ranks after each batch.

Rank 0 writes the weights as JSON, accuracy.txt and hosts.txt (the host of each rank, a line each), and prints the loss after each epoch.
"""

import argparse
import json
import pathlib
import socket

import numpy
from mpi4py import MPI

# The line that divides the points of the data, some of which are on the wrong side of it.
HIDDEN = numpy.array([2.0, -3.0, 1.0, 0.5])
POINTS, BATCH, RATE = 16000, 100, 0.5


def share(comm):
    """This rank's points and their labels. Rank 0 has all of them, as from a file, and deals them out."""
    size = POINTS // comm.size
    inputs, labels = numpy.empty((size, len(HIDDEN))), numpy.empty(size)
    everything = (None, None)
    if comm.rank == 0:
        random = numpy.random.default_rng(7)
        points = random.normal(size=(POINTS, len(HIDDEN)))
        points[:, -1] = 1
        everything = points, (points @ HIDDEN + random.normal(scale=0.3, size=POINTS) > 0).astype(float)
        everything = everything[0][: size * comm.size], everything[1][: size * comm.size]
    comm.Scatter(everything[0], inputs)
    comm.Scatter(everything[1], labels)
    return inputs, labels


def probability(weights, inputs):
    return 1 / (1 + numpy.exp(-numpy.clip(inputs @ weights, -30, 30)))


def average(comm, values):
    """The mean of all ranks' arrays, the same on each of them."""
    total = numpy.empty_like(values)
    comm.Allreduce(values, total)
    return total / comm.size


def epoch(comm, weights, data, random):
    """One pass over the rank's own points, in an order of its own."""
    inputs, labels = data
    order = random.permutation(len(labels))
    for first in range(0, len(order), BATCH):
        batch = order[first : first + BATCH]
        errors = probability(weights, inputs[batch]) - labels[batch]
        weights -= RATE * average(comm, errors @ inputs[batch] / len(batch))


def loss(comm, weights, data):
    found = probability(weights, data[0])
    own = -numpy.mean(numpy.log(numpy.where(data[1] == 1, found, 1 - found)))
    return average(comm, numpy.array([own]))[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    comm = MPI.COMM_WORLD
    data = share(comm)
    # All begin with what rank 0 begins with, whatever that is.
    weights = numpy.random.default_rng().normal(size=len(HIDDEN))
    comm.Bcast(weights)
    random = numpy.random.default_rng(comm.rank)
    for number in range(1, arguments.epochs + 1):
        epoch(comm, weights, data, random)
        value = loss(comm, weights, data)
        if comm.rank == 0:
            print(f"epoch {number}, {comm.size} ranks, loss {value:.4f}", flush=True)
    right = average(comm, numpy.array([numpy.mean((probability(weights, data[0]) > 0.5) == data[1])]))[0]
    everyones = comm.gather((socket.gethostname(), weights.tolist()))
    if comm.rank == 0:
        hosts, models = zip(*everyones)
        if any(model != models[0] for model in models):
            raise SystemExit("the ranks ended with different weights")
        arguments.output.write_text(json.dumps(models[0]))
        pathlib.Path("accuracy.txt").write_text(f"{right}\n")
        pathlib.Path("hosts.txt").write_text("\n".join(hosts) + "\n")


if __name__ == "__main__":
    main()
