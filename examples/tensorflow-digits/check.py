"""check.py OUTPUTS.json: whether the outputs of the training are right. A line for each, `ok - ` or `not ok - `."""

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
    is_right = True
    for name in ["digits.together", "digits.with_server"]:
        accuracy = outputs.get(name)
        is_good = type(accuracy) is float and 0.9 < accuracy <= 1
        print(f"{'ok' if is_good else 'not ok'} - {name} = {accuracy}")
        is_right = is_right and is_good
    sys.exit(0 if is_right else 1)


if __name__ == "__main__":
    main()
