"""What the outputs of the hybrid workflow are, for examples/check."""

import math


def is_list_of(kind, values):
    return isinstance(values, list) and all(type(value) is kind and value != "" for value in values)


EXPECTED = {
    "hybrid.pi": lambda pi: type(pi) is float and abs(pi - math.pi) < 1e-6,
    "hybrid.ranks": [0, 1, 2, 3],
    "hybrid.rank_hosts": lambda hosts: is_list_of(str, hosts) and len(hosts) == 4 and len(set(hosts)) >= 2,
    "hybrid.accuracy": lambda accuracy: type(accuracy) is float and 0.9 < accuracy <= 1,
    "hybrid.role_hosts": lambda hosts: is_list_of(str, hosts) and len(hosts) == 3,
}
