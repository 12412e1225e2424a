"""check.py OUTPUTS.json: whether the outputs of mpi-pi are right. A line for each, `ok - ` or `not ok - `."""

import json
import math
import pathlib
import sys

CHECKS = {
    "pi": lambda pi: type(pi) is float and abs(pi - math.pi) < 1e-10,
    "hosts": lambda hosts: len(hosts) == 8 and all(hosts),
}


def main():
    outputs = json.loads(pathlib.Path(sys.argv[1]).read_text() or "{}")
    results = {name: f"mpi_pi.{name}" in outputs and check(outputs[f"mpi_pi.{name}"]) for name, check in CHECKS.items()}
    for name, is_right in results.items():
        print(f"{'ok' if is_right else 'not ok'} - mpi_pi.{name} = {outputs.get(f'mpi_pi.{name}')}")
    sys.exit(0 if all(results.values()) else 1)


if __name__ == "__main__":
    main()
