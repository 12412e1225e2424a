"""What the outputs of mpi-sgd are, for examples/check."""

import math
import re

# The direction of the line that was hidden in the data; its length says only how sure the model is.
HIDDEN = [2.0, -3.0, 1.0, 0.5]


def points_the_same_way(weights):
    if not isinstance(weights, list) or len(weights) != len(HIDDEN):
        return False
    cosine = sum(a * b for a, b in zip(weights, HIDDEN)) / math.hypot(*weights) / math.hypot(*HIDDEN)
    return cosine > 0.999


def falls(log):
    """A loss for each epoch, of four ranks, the last below the first."""
    lines = [re.fullmatch(r"epoch (\d+), 4 ranks, loss ([0-9.]+)", line) for line in log]
    if len(lines) != 8 or not all(lines):
        return False
    return [line[1] for line in lines] == [str(number) for number in range(1, 9)] and float(lines[-1][2]) < float(lines[0][2])


EXPECTED = {
    "mpi_sgd.weights": points_the_same_way,
    "mpi_sgd.accuracy": lambda accuracy: isinstance(accuracy, float) and accuracy > 0.95,
    "mpi_sgd.hosts": lambda hosts: isinstance(hosts, list) and len(hosts) == 4 and all(hosts),
    "mpi_sgd.log": falls,
}
