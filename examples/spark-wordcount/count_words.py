"""Spark driver: counts words. A bare `spark-submit` finds the cluster by itself.

Writes the words that are there often enough, with their numbers, as JSON; prints the executors that counted, a line each.
"""

import argparse
import json
import os
import pathlib
import re
import socket

from pyspark.sql import SparkSession


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--least", type=int, required=True, help="least number of a word that is written")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("texts", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    context = SparkSession.builder.appName("count words").getOrCreate().sparkContext
    if not context.master.startswith("spark://"):
        raise SystemExit(f"count_words: expected a Spark cluster (spark://host:port), found master {context.master!r}")
    # By their full names: the executors have another working folder.
    lines = context.union([context.textFile(f"file://{text.resolve()}", 2) for text in arguments.texts]).cache()
    words = lines.flatMap(lambda line: re.findall(r"\w+", line.lower()))
    counts = words.map(lambda word: (word, 1)).reduceByKey(lambda left, right: left + right)
    often = {word: count for word, count in counts.collect() if count >= arguments.least}
    arguments.output.write_text(json.dumps(often, sort_keys=True))
    executors = lines.mapPartitions(lambda _: [(socket.gethostname(), os.getppid())]).distinct().collect()
    for host, process in sorted(executors):
        print(f"{host} {process}")
    context.stop()


if __name__ == "__main__":
    main()
