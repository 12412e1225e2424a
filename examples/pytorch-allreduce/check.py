"""check.py OUTPUTS.json: whether the outputs of the PyTorch example are right. A line for each, `ok - ` or `not ok - `."""

import json
import pathlib
import re
import sys

RANKS = [r"rank 0 of 3, large 0 of 1, 2 threads", r"rank 1 of 3, small 0 of [12], 1 threads", r"rank 2 of 3, small [01] of [12], 1 threads"]


def is_near(value, wanted):
    return isinstance(value, float) and abs(value - wanted) < 0.05


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    try:
        outputs = json.loads(text)
    except json.JSONDecodeError:
        outputs = {}
        print(f"not JSON: {text!r}")
    slope, offset, ranks = (outputs.get(f"fit.{name}") for name in ("slope", "offset", "ranks"))
    is_each = isinstance(ranks, list) and len(ranks) == len(RANKS) and all(map(re.fullmatch, RANKS, ranks))
    results = [
        (is_near(slope, 3), f"fit.slope = {slope}"),
        (is_near(offset, -1), f"fit.offset = {offset}"),
        (is_each, f"fit.ranks = {ranks}"),
    ]
    for is_right, what in results:
        print(f"{'ok' if is_right else 'not ok'} - {what}")
    sys.exit(0 if all(is_right for is_right, _ in results) else 1)


if __name__ == "__main__":
    main()
