"""tensorflow_program.py WHAT: says `ready` when both workers have set their variable on the parameter server. `exit`: then worker 1
exits with 3; `wait`: they go on for ever."""

import json
import os
import sys
import time

import tensorflow.compat.v1 as tf

config = json.loads(os.environ["TF_CONFIG"])
role, index = config["task"]["type"], config["task"]["index"]
tf.disable_eager_execution()
filters = [] if role == "ps" else ["/job:ps", f"/job:worker/task:{index}"]
options = tf.ConfigProto(device_filters=filters, intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
server = tf.train.Server(tf.train.ClusterSpec(config["cluster"]), job_name=role, task_index=index, config=options)
if role == "ps":
    server.join()
with tf.device("/job:ps/task:0"):
    numbers = [tf.get_variable(f"number{worker}", [], tf.int32, tf.zeros_initializer()) for worker in range(2)]
come, missing = numbers[index].initializer, tf.report_uninitialized_variables(numbers)
add = numbers[index].assign_add(1)
with tf.Session(server.target, config=options) as session:
    session.run(come)
    while len(session.run(missing)) > 0:
        time.sleep(0.2)
    print(f"ready {time.time_ns() // 1_000_000}: worker {index}", flush=True)
    if (sys.argv[1], index) == ("exit", 1):
        sys.stderr.write("no data for part 1\n")
        sys.stderr.flush()
        os._exit(3)
    while True:
        session.run(add)
        time.sleep(0.2)
