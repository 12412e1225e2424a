"""check.py OUTPUTS.json: whether the outputs of the Ray example are right. A line for each, `ok - ` or `not ok - `."""

import json
import math
import pathlib
import sys


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    try:
        outputs = json.loads(text)
    except json.JSONDecodeError:
        outputs = {}
        print(f"not JSON: {text!r}")
    estimate, nodes, cores = (outputs.get(f"pi.{name}") for name in ("estimate", "nodes", "cores"))
    results = [
        (isinstance(estimate, float) and abs(estimate - math.pi) < 0.01, f"pi.estimate = {estimate}"),
        (nodes == 3, f"pi.nodes = {nodes}"),
        (cores == 2, f"pi.cores = {cores}"),
    ]
    for is_right, what in results:
        print(f"{'ok' if is_right else 'not ok'} - {what}")
    sys.exit(0 if all(is_right for is_right, _ in results) else 1)


if __name__ == "__main__":
    main()
