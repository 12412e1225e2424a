"""check.py OUTPUTS.json: whether the outputs of the hybrid workflow are right. A line for each, `ok - ` or `not ok - `."""

import json
import math
import pathlib
import sys


def is_list_of(kind, values):
    return isinstance(values, list) and all(type(value) is kind and value != "" for value in values)


CHECKS = {
    "pi": lambda pi: type(pi) is float and abs(pi - math.pi) < 1e-6,
    "ranks": lambda ranks: ranks == [0, 1, 2, 3],
    "rank_hosts": lambda hosts: is_list_of(str, hosts) and len(hosts) == 4 and len(set(hosts)) >= 2,
    "accuracy": lambda accuracy: type(accuracy) is float and 0.9 < accuracy <= 1,
    "role_hosts": lambda hosts: is_list_of(str, hosts) and len(hosts) == 3,
}


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    try:
        outputs = json.loads(text)
    except json.JSONDecodeError:
        outputs = {}
        print(f"not JSON: {text!r}")
    results = {name: f"hybrid.{name}" in outputs and check(outputs[f"hybrid.{name}"]) for name, check in CHECKS.items()}
    for name, is_right in results.items():
        print(f"{'ok' if is_right else 'not ok'} - hybrid.{name} = {outputs.get(f'hybrid.{name}')}")
    sys.exit(0 if all(results.values()) else 1)


if __name__ == "__main__":
    main()
