"""One process of a distributed TensorFlow training, told who it is by TF_CONFIG alone.

The parameter servers (`ps`) hold the model; the workers train it at the same time, each with its own batches. Worker 0 is
the chief: it sets the variables up and, when TRAIN_STEPS steps are done by all together, measures the accuracy on the
images held out of the training and writes accuracy.txt and role_hosts.json in the working folder.

TRAIN_STEPS      steps of all workers together
TRAIN_DATA_DIR   folder of the shards
TRAIN_LOG_DIR    folder that all processes share, for the names of their hosts
"""

import hashlib
import json
import os
import pathlib
import socket
import time

import numpy as np
import tensorflow.compat.v1 as tf

BATCH_SIZE = 64
N_HIDDEN = 64
LEARNING_RATE = 0.3
TIMEOUT_S = 120


def main():
    config = json.loads(os.environ["TF_CONFIG"])
    cluster, role, index = config["cluster"], config["task"]["type"], config["task"]["index"]
    print(f"{role} {index} of {json.dumps(cluster)} on {socket.gethostname()}", flush=True)
    hosts_dir = report_host(cluster, role, index)
    tf.disable_eager_execution()
    server = tf.train.Server(tf.train.ClusterSpec(cluster), job_name=role, task_index=index, config=session_config(role, index))
    if role == "ps":
        server.join()  # for ever: whoever started it ends it when the workers are done
    shards = load_shards(pathlib.Path(os.environ["TRAIN_DATA_DIR"]))
    accuracy = train(server, cluster, index, shards)
    if index == 0:
        print(f"accuracy on held-out images: {accuracy:.4f}", flush=True)
        write_text("role_hosts.json", json.dumps(collect_hosts(hosts_dir, cluster)))
        write_text("accuracy.txt", f"{accuracy:.4f}")


def session_config(role, index):
    """A worker talks to the servers and itself only, so that another worker's death does not block it."""
    filters = [] if role == "ps" else ["/job:ps", f"/job:worker/task:{index}"]
    return tf.ConfigProto(device_filters=filters, intra_op_parallelism_threads=1, inter_op_parallelism_threads=2)


def train(server, cluster, index, shards):
    """Trains until TRAIN_STEPS; the accuracy on the held-out images, as seen by this worker."""
    n_steps = int(os.environ["TRAIN_STEPS"])
    training = {name: values[~shards["held_out"]] for name, values in shards.items()}
    testing = {name: values[shards["held_out"]] for name, values in shards.items()}
    with tf.device(tf.train.replica_device_setter(worker_device=f"/job:worker/task:{index}", cluster=cluster)):
        model = build_model()
    random = np.random.default_rng(index)
    n_mine = 0
    with open_session(server, index) as session:
        # Start together, else the first to come has done all steps before the others are there.
        session.run(model["come"])
        wait_until(lambda: session.run(model["n_present"]) >= len(cluster["worker"]), "all workers to be there")
        step = session.run(model["step"])
        while step < n_steps:
            batch = random.integers(len(training["digits"]), size=BATCH_SIZE)
            _, step, loss = session.run(
                [model["minimize"], model["step"], model["loss"]],
                {model["images"]: training["images"][batch], model["digits"]: training["digits"][batch]},
            )
            n_mine += 1
            if n_mine % 100 == 0:
                print(f"step {step}, {n_mine} of them here, loss {loss:.4f}", flush=True)
        print(f"done at step {step}, {n_mine} of them here", flush=True)
        return session.run(model["accuracy"], {model["images"]: testing["images"], model["digits"]: testing["digits"]})


def open_session(server, index):
    """The chief sets the variables up, the others wait until it has. They ask often: MonitoredTrainingSession would ask
    once in 30 s."""
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables(), recovery_wait_secs=0.1)
    config = session_config("worker", index)
    if index == 0:
        return manager.prepare_session(server.target, init_op=tf.global_variables_initializer(), config=config)
    return manager.wait_for_session(server.target, config=config, max_wait_secs=TIMEOUT_S)


def build_model():
    """Two layers. The variables go to the parameter servers, by the device setter around this call."""
    images = tf.placeholder(tf.float32, [None, 64])
    digits = tf.placeholder(tf.int32, [None])
    hidden = tf.nn.relu(layer(images, "hidden", 64, N_HIDDEN))
    logits = layer(hidden, "logits", N_HIDDEN, 10)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=digits, logits=logits))
    step = tf.train.get_or_create_global_step()
    n_present = tf.get_variable("n_present", [], tf.int32, tf.zeros_initializer(), trainable=False)
    right = tf.equal(tf.argmax(logits, axis=1, output_type=tf.int32), digits)
    return {
        "images": images,
        "digits": digits,
        "loss": loss,
        "step": step,
        "n_present": n_present,
        "come": n_present.assign_add(1, use_locking=True),
        "minimize": tf.train.GradientDescentOptimizer(LEARNING_RATE).minimize(loss, global_step=step),
        "accuracy": tf.reduce_mean(tf.cast(right, tf.float32)),
    }


def layer(inputs, name, n_in, n_out):
    with tf.variable_scope(name):
        weights = tf.get_variable("weights", [n_in, n_out], initializer=tf.glorot_uniform_initializer(seed=1))
        bias = tf.get_variable("bias", [n_out], initializer=tf.zeros_initializer())
        return tf.matmul(inputs, weights) + bias


def load_shards(folder):
    """All shards as one: images (n x 64, 0..1), digits (n), held_out (n, bool)."""
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise SystemExit(f"train_digits: expected shards (*.npz) in {folder.resolve()}, found none")
    shards = [dict(np.load(path)) for path in paths]
    return {name: np.concatenate([shard[name] for shard in shards]) for name in shards[0]}


def report_host(cluster, role, index):
    """Writes this process's host where the chief looks for it: a folder of this very cluster, so that no file of an
    earlier attempt is taken for one of this. Returns the folder."""
    this_cluster = hashlib.sha256(json.dumps(cluster, sort_keys=True).encode()).hexdigest()[:12]
    folder = pathlib.Path(os.environ["TRAIN_LOG_DIR"]) / f"hosts-{this_cluster}"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{role}.{index}", socket.gethostname())
    return folder


def collect_hosts(folder, cluster):
    """The host of every role process, in the order of the roles' names. Waits for those that have not reported."""
    paths = [folder / f"{role}.{index}" for role in sorted(cluster) for index in range(len(cluster[role]))]
    wait_until(lambda: all(path.exists() for path in paths), f"all of {', '.join(path.name for path in paths)} in {folder}")
    return [path.read_text().strip() for path in paths]


def wait_until(condition, what):
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"train_digits: waited {TIMEOUT_S} s for {what}")
        time.sleep(0.05)


def write_text(path, text):
    """Whole or not at all."""
    path = pathlib.Path(path)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_text(text + "\n")
    unfinished.replace(path)


if __name__ == "__main__":
    main()
