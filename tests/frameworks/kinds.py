"""The kinds of clusters and what each of their faults has to end as. See `run`."""

import dataclasses


@dataclasses.dataclass
class Kind:
    """One kind; NAME.wdl is its task."""

    name: str
    images: list[str]
    # A folder of examples/; empty: it has none.
    example: str
    # What its task runs; a .c is compiled in the image.
    program: str
    # How many processes say `ready`.
    n_ready: int
    # Who exits with 3 when told to `exit`.
    failing: str
    # Who is killed, and what the verdict says of it beside the signal.
    victim: str
    victim_is: str = "though it serves the others"
    # Who may be killed while the task goes on; empty: nobody.
    spare: str = ""
    # What the failing one exits with; torchrun does not pass the codes of its ranks on, and the verdict tells of them.
    code: int = 3
    says: str = "exited with 3"
    # What the last lines of its log hold.
    last: str = "no data for part 1"
    # What the verdict says that the image `base` lacks; empty: nothing.
    lacks: str = ""
    # A process whose node vanishes; empty: none does.
    loses_node: str = ""
    # Whether Slurm starts it again then.
    is_requeued: bool = False
    # Its name in README.md where that is another.
    title: str = ""
    # For MPI: the type of process manager that its library speaks, and one that it does not.
    pmi: tuple[str, str] | None = None
    # The site file, from the root of the checkout.
    site: str = "site-configs/test-cluster.toml"


KINDS = [
    Kind(
        "mpich",
        ["mpich"],
        "mpi-pi",
        "mpi.c",
        4,
        failing="rank.1",
        victim="rank.2",
        victim_is="",
        loses_node="rank.3",
        lacks=r"there is no MPI library libmpi[a-z]*\.so",
        pmi=("pmi2", "pmix"),
    ),
    Kind(
        "openmpi",
        ["openmpi"],
        "mpi-sgd",
        "mpi.c",
        4,
        failing="rank.1",
        victim="rank.2",
        victim_is="",
        loses_node="rank.3",
        lacks=r"there is no MPI library libmpi\.so",
        pmi=("pmix", "pmi2"),
    ),
    Kind(
        "tensorflow",
        ["tensorflow"],
        "tensorflow-digits",
        "tensorflow_program.py",
        2,
        failing="worker.1",
        victim="ps.0",
        loses_node="worker.1",
        lacks="python3 has no module tensorflow",
    ),
    Kind(
        "spark",
        ["spark"],
        "spark-wordcount",
        "spark_program.py",
        1,
        failing="driver.0",
        victim="master.0",
        spare="worker.1",
        loses_node="worker.1",
        lacks="there is no SPARK_HOME and no spark-submit on the PATH, and python3 has no module pyspark",
    ),
    Kind(
        "pytorch",
        ["pytorch"],
        "pytorch-allreduce",
        "pytorch_program.py",
        2,
        failing="rank.1",
        victim="rank.0",
        victim_is="",
        loses_node="rank.1",
        lacks="python3 has no module torch",
    ),
    Kind(
        "torchrun",
        ["pytorch"],
        "",
        "pytorch_program.py",
        4,
        failing="node.[01]",
        victim="node.0",
        victim_is="",
        code=1,
        says="exited with 1: its rank [0-3] exited with [13]",
        last="exitcode",
        loses_node="node.1",
        lacks="there is no torchrun on the PATH, and python3 has no module torch",
        title='`pytorch` with `launcher: "torchrun"`',
    ),
    Kind(
        "ray",
        ["dask-ray"],
        "ray-pi",
        "ray_program.py",
        1,
        failing="driver.0",
        victim="head.0",
        spare="worker.1",
        loses_node="worker.1",
        lacks="python3 has no module ray",
    ),
    Kind(
        "dask",
        ["dask-ray"],
        "dask-sum",
        "dask_program.py",
        1,
        failing="driver.0",
        victim="scheduler.0",
        spare="worker.1",
        loses_node="worker.1",
        is_requeued=True,
        lacks="python3 has no module distributed",
    ),
    Kind(
        "custom",
        ["base"],
        "custom-cluster",
        "custom_program.py",
        1,
        failing="driver.0",
        victim="server.0",
        loses_node="worker.1",
        site="examples/custom-cluster/site.toml",
        title="a kind of the site's (`examples/custom-cluster`)",
    ),
]

NODE = r"n[0-9]+"


def expected(kind, fault):
    """The exit code that the head must have, and the patterns that its words must match."""
    match fault:
        case "exit":
            return 1, [rf"exit code {kind.code} \(on {NODE}", rf"; {kind.failing} on {NODE} {kind.says}\b", kind.last]
        case "kill":
            service = f", {kind.victim_is}" if kind.victim_is else ""
            return 1, [r"exit code 137 \(", rf"; {kind.victim} on {NODE} was ended by signal 9 \(KILL\){service}"]
        case "start":
            return 1, [r"not started within \d+ s: [a-z]+\.0"]
        case "unfit":
            reason = rf" on {NODE} could not start without what its cluster needs: {kind.lacks}.*, in the image \S*/{kind.images[0]}\.sif"
            return 1, ["lacks what its cluster needs", reason, "hint: where something is missing: name an image that has it"]
        case "timeout":
            return 1, ["past its time limit", r"TIMEOUT: over its time limit of \d+ min"]
        case "node" if not kind.is_requeued:
            return 1, ["node failed", "NODE_FAIL: its node failed"]
        case "pmi":
            return 1, ["could not start its ranks as one world", rf"set `{kind.name}` in the site file's \[mpi\] to {kind.pmi[0]}\b"]
        case "lose" | "node" | "user":
            return 0, ["done"]
        case "cancel":
            return 7, ["cancelled"]
    raise ValueError(fault)
