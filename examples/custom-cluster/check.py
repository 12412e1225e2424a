"""check.py OUTPUTS.json: whether the outputs of the site's own kind of cluster are right. A line for each, `ok - ` or `not ok - `."""

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
    total, who = (outputs.get(f"custom_cluster.{name}") for name in ("sum", "who_worked"))
    results = [
        (total == sum(range(10_000_000)), f"custom_cluster.sum = {total}"),
        # A quick worker may have done all before the other asked for anything.
        (isinstance(who, list) and who != [] and set(who) <= {"worker.0", "worker.1"}, f"custom_cluster.who_worked = {who}"),
    ]
    for is_right, what in results:
        print(f"{'ok' if is_right else 'not ok'} - {what}")
    sys.exit(0 if all(is_right for is_right, _ in results) else 1)


if __name__ == "__main__":
    main()
