"""One rank of a PyTorch world: fits a line to its own share of noisy data; all ranks add their gradients up.

Rank 0 writes slope and offset as JSON, and prints a line for each rank.
"""

import argparse
import json
import os
import pathlib

import torch
import torch.distributed as dist


def gradient(weights, inputs, targets):
    errors = inputs * weights[0] + weights[1] - targets
    return 2 * torch.stack([(errors * inputs).mean(), errors.mean()])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    dist.init_process_group("gloo")
    rank, size = dist.get_rank(), dist.get_world_size()
    torch.manual_seed(rank)
    inputs = torch.rand(2000)
    targets = 3 * inputs - 1 + 0.01 * torch.randn(2000)
    weights = torch.zeros(2)
    for _ in range(arguments.steps):
        step = gradient(weights, inputs, targets)
        dist.all_reduce(step)
        weights -= 0.5 * step / size
    lines = [None] * size
    place = f"{os.environ['LOCAL_RANK']} of {os.environ['LOCAL_WORLD_SIZE']}"
    dist.all_gather_object(lines, f"rank {rank} of {size}, {os.environ['SLUICE_ROLE']} {place}, {torch.get_num_threads()} threads")
    if rank == 0:
        arguments.output.write_text(json.dumps(weights.tolist()))
        print("\n".join(lines))
    # Else a thread of gloo may still run when Python ends, which aborts the rank.
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
