"""check.py OUTPUTS.json: whether the outputs of the word count are right. A line for each, `ok - ` or `not ok - `."""

import json
import pathlib
import sys

# Of 600 lines `Rain, rain and wind: text N`, and one `once-N` a text, as `prepare` writes them.
COUNTS = {"rain": 1200, "and": 600, "wind": 600, "text": 600, "1": 101, "2": 201, "3": 301, "once": 3}


def main():
    text = pathlib.Path(sys.argv[1]).read_text()
    try:
        outputs = json.loads(text)
    except json.JSONDecodeError:
        outputs = {}
        print(f"not JSON: {text!r}")
    counts, executors = outputs.get("wordcount.counts"), outputs.get("wordcount.executors")
    results = [
        (counts == COUNTS, f"wordcount.counts = {counts}"),
        # Which executor gets how much is Spark's to say; that there is one, and that it is not the driver, is not.
        (isinstance(executors, list) and 1 <= len(executors) <= 6, f"wordcount.executors = {executors}"),
    ]
    for is_right, what in results:
        print(f"{'ok' if is_right else 'not ok'} - {what}")
    sys.exit(0 if all(is_right for is_right, _ in results) else 1)


if __name__ == "__main__":
    main()
