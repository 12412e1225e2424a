"""What the outputs of mpi-pi are, for examples/check."""

import math

EXPECTED = {
    "mpi_pi.pi": lambda pi: type(pi) is float and abs(pi - math.pi) < 1e-10,
    "mpi_pi.hosts": lambda hosts: len(hosts) == 8 and all(hosts),
}
