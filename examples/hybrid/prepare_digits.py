"""Spark driver: turns one raw CSV file of digits into training shards.

The executors read the file, scale the grey values to 0..1, put every fifth image aside for testing, and each write their
part as one compressed numpy file, which TensorFlow reads without Spark. `spark-submit` finds the cluster by itself, in
MASTER.
"""

import argparse
import os
import pathlib
import socket

import numpy as np
from pyspark.sql import SparkSession

N_SHARDS = 2


def main():
    arguments = parse_arguments()
    # The executors have another working folder.
    source, target = arguments.source_path.resolve(), arguments.target_path.resolve()
    target.mkdir(parents=True, exist_ok=True)
    spark = SparkSession.builder.appName(f"prepare {source.name}").getOrCreate()
    master = spark.sparkContext.master
    if not master.startswith("spark://"):
        raise SystemExit(f"prepare_digits: expected a Spark cluster (spark://host:port), found master {master!r}")

    # File names are made here, where `source` is the driver's; the function below is what runs on the executors.
    shard_name = f"{source.stem}-{{}}.npz"
    rows = spark.read.csv(f"file://{source}", header=True, inferSchema=True).repartition(N_SHARDS)
    shards = rows.rdd.mapPartitionsWithIndex(
        lambda shard_idx, part: write_shard(target / shard_name.format(shard_idx), part)
    ).collect()
    for name, n_images, host, pid in shards:
        print(f"{name}: {n_images} images, written by process {pid} on {host}")
    if any(pid == os.getpid() for _, _, _, pid in shards):
        raise SystemExit("prepare_digits: a shard was written by the driver, not by an executor")
    spark.stop()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source-path", type=pathlib.Path, required=True)
    parser.add_argument("--target-path", type=pathlib.Path, required=True)
    return parser.parse_args()


def write_shard(path, rows):
    """Runs on an executor. Yields what the driver prints: name, number of images, host and process."""
    rows = sorted(tuple(row) for row in rows)
    table = np.array(rows, dtype=np.float32).reshape(len(rows), 66)
    # By another name first: Spark may run a task twice, and a reader must never see half a shard.
    unfinished = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}")
    with open(unfinished, "wb") as file:
        np.savez_compressed(
            file,
            images=table[:, 2:] / 16.0,
            digits=table[:, 1].astype(np.int32),
            held_out=table[:, 0].astype(np.int64) % 5 == 4,
        )
    unfinished.replace(path)
    yield path.name, len(rows), socket.gethostname(), os.getpid()


if __name__ == "__main__":
    main()
