"""What the outputs of the Dask example are, for examples/check."""

EXPECTED = {
    "sum.total": sum(number * number for number in range(1_000_000)),
    "sum.workers": lambda workers: isinstance(workers, dict) and sorted(workers) == ["worker.0", "worker.1", "worker.2"] and all(workers.values()),
    "sum.protocol": "tls",
}
