"""pytorch_program.py WHAT: says `ready` when the ranks have added numbers up. `exit`: then rank 1 exits with 3 while the other waits for
it; `wait`: they go on for ever."""

import os
import sys
import time

import torch
import torch.distributed as dist

dist.init_process_group("gloo")
rank, total = dist.get_rank(), torch.ones(1)
dist.all_reduce(total)
print(f"ready {time.time_ns() // 1_000_000}: rank {rank}, sum {total.item()}", flush=True)
if (sys.argv[1], rank) == ("exit", 1):
    sys.stderr.write("no data for part 1\n")
    sys.stderr.flush()
    os._exit(3)
while True:
    dist.barrier()
    time.sleep(0.2)
