"""check.py OUTPUTS.json: whether the outputs of the Dask example are right. A line for each, `ok - ` or `not ok - `."""

import json
import pathlib
import sys


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    try:
        outputs = json.loads(text)
    except json.JSONDecodeError:
        outputs = {}
        print(f"not JSON: {text!r}")
    total, workers, protocol = (outputs.get(f"sum.{name}") for name in ("total", "workers", "protocol"))
    results = [
        (total == sum(number * number for number in range(1_000_000)), f"sum.total = {total}"),
        (isinstance(workers, dict) and sorted(workers) == ["worker.0", "worker.1", "worker.2"] and all(workers.values()), f"sum.workers = {workers}"),
        (protocol == "tls", f"sum.protocol = {protocol}"),
    ]
    for is_right, what in results:
        print(f"{'ok' if is_right else 'not ok'} - {what}")
    sys.exit(0 if all(is_right for is_right, _ in results) else 1)


if __name__ == "__main__":
    main()
