"""spark_program.py WHAT: says `ready` when the executors have added numbers up. `exit`: then exits with 3; `wait`: they go on until
there is a file `end`, or for ever."""

import pathlib
import sys
import time

from pyspark.sql import SparkSession

context = SparkSession.builder.getOrCreate().sparkContext
if not context.master.startswith("spark://"):
    raise SystemExit(f"expected a cluster, found master {context.master!r}")
total = context.parallelize(range(100), 4).sum()
print(f"ready {time.time_ns() // 1_000_000}: sum {total}", flush=True)
if sys.argv[1] == "exit":
    sys.stderr.write("no data for part 1\n")
    sys.exit(3)
while not pathlib.Path("end").exists():
    context.parallelize(range(100), 2).sum()
    time.sleep(0.5)
