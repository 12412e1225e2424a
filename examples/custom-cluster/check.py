"""What the outputs of the site's own kind of cluster are, for examples/check."""

EXPECTED = {
    "custom_cluster.sum": sum(range(10_000_000)),
    # A quick worker may have done all before the other asked for anything.
    "custom_cluster.who_worked": lambda who: isinstance(who, list) and who != [] and set(who) <= {"worker.0", "worker.1"},
}
