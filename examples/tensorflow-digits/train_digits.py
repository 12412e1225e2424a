"""One process of a distributed TensorFlow training of handwritten digits, told who it is by TF_CONFIG alone.

With a `chief` in the cluster it is ParameterServerStrategy: the chief hands out steps, the workers and the server do as they are told
for ever. Without one it is MultiWorkerMirroredStrategy: all workers step together. The chief, or worker 0, writes accuracy.txt.
"""

import json
import os
import pathlib

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

N_STEPS = 300
BATCH_SIZE = 64
LEARNING_RATE = 0.3


def main():
    config = json.loads(os.environ["TF_CONFIG"])
    role, index, has_chief = config["task"]["type"], config["task"]["index"], "chief" in config["cluster"]
    print(f"{role} {index} of {json.dumps(config['cluster'])}", flush=True)
    if has_chief:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        if role != "chief":
            serve(resolver)
        accuracy = train_with_server(tf.distribute.ParameterServerStrategy(resolver))
    else:
        accuracy = train_together(tf.distribute.MultiWorkerMirroredStrategy(), index)
    print(f"accuracy on held-out images: {accuracy:.4f}", flush=True)
    if role == "chief" or not has_chief and index == 0:
        pathlib.Path("accuracy.txt").write_text(f"{accuracy:.4f}\n")


def serve(resolver):
    server = tf.distribute.Server(
        resolver.cluster_spec(), job_name=resolver.task_type, task_index=resolver.task_id, protocol="grpc", start=True
    )
    server.join()  # for ever: whoever started it ends it when the chief is done


def train_with_server(strategy):
    """The chief: any worker takes any step, as fast as it can."""
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    training, testing = digits()
    with strategy.scope():
        variables = make_variables()

    @tf.function
    def step(seed):
        images, labels = batch(training, seed)
        minimize(variables, images, labels)

    for seed in range(N_STEPS):
        coordinator.schedule(step, args=(tf.constant(seed, tf.int64),))
    coordinator.join()
    return accuracy_of([tf.convert_to_tensor(variable) for variable in variables], testing)


def train_together(strategy, index):
    """A worker: each takes a batch of its own, and all add their gradients up."""
    training, testing = digits()
    with strategy.scope():
        variables = make_variables()
    n_workers = strategy.num_replicas_in_sync

    @tf.function
    def step(seed):
        def replica_step():
            images, labels = batch(training, seed * n_workers + index)
            with tf.GradientTape() as tape:
                loss = loss_of(variables, images, labels)
            gradients = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, tape.gradient(loss, variables))
            for variable, gradient in zip(variables, gradients):
                variable.assign_sub(LEARNING_RATE * gradient)

        strategy.run(replica_step)

    for seed in range(N_STEPS):
        step(tf.constant(seed, tf.int64))
    return accuracy_of(variables, testing)


def digits():
    """Images 0..1 and digits: those for training, those held out."""
    data = load_digits()
    images, labels = (data.data / 16).astype(np.float32), data.target.astype(np.int32)
    held_out = np.arange(len(labels)) % 5 == 4
    return (images[~held_out], labels[~held_out]), (images[held_out], labels[held_out])


def make_variables():
    random = tf.random.Generator.from_seed(1)
    shapes = [(64, 64), (64,), (64, 10), (10,)]
    return [
        tf.Variable(random.normal(shape, stddev=0.1) if len(shape) > 1 else tf.zeros(shape), aggregation=tf.VariableAggregation.MEAN)
        for shape in shapes
    ]


def batch(data, seed):
    chosen = tf.random.stateless_uniform([BATCH_SIZE], [seed, 0], 0, len(data[1]), tf.int32)
    return tf.gather(tf.constant(data[0]), chosen), tf.gather(tf.constant(data[1]), chosen)


def logits_of(variables, images):
    hidden = tf.nn.relu(images @ variables[0] + variables[1])
    return hidden @ variables[2] + variables[3]


def loss_of(variables, images, labels):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits_of(variables, images)))


def minimize(variables, images, labels):
    with tf.GradientTape() as tape:
        loss = loss_of(variables, images, labels)
    for variable, gradient in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(LEARNING_RATE * gradient)


def accuracy_of(variables, testing):
    images, labels = testing
    chosen = tf.argmax(logits_of(variables, tf.constant(images)), axis=1, output_type=tf.int32)
    return float(tf.reduce_mean(tf.cast(chosen == labels, tf.float32)))


if __name__ == "__main__":
    main()
