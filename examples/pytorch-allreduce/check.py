"""What the outputs of the PyTorch example are, for examples/check."""

import re

RANKS = [r"rank 0 of 3, large 0 of 1, 2 threads", r"rank 1 of 3, small 0 of [12], 1 threads", r"rank 2 of 3, small [01] of [12], 1 threads"]


def is_near(wanted):
    return lambda value: isinstance(value, float) and abs(value - wanted) < 0.05


EXPECTED = {
    "fit.slope": is_near(3),
    "fit.offset": is_near(-1),
    "fit.ranks": lambda ranks: isinstance(ranks, list) and len(ranks) == len(RANKS) and all(map(re.fullmatch, RANKS, ranks)),
}
