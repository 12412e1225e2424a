"""What the outputs of the Ray example are, for examples/check."""

import math

EXPECTED = {
    "pi.estimate": lambda estimate: isinstance(estimate, float) and abs(estimate - math.pi) < 0.01,
    "pi.nodes": 3,
    "pi.cores": 2,
}
