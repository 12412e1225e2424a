#!/bin/sh
# Becomes the torchrun of one node, where its PyTorch is: in the container, or on the node. Run by role.sh in place of the command, which
# torchrun runs once a rank.

# shellcheck source=/dev/null
. "$SLUICE_OWN_LIB/daemon.sh"
python=${SLUICE_PYTHON:-python3}
# The Python that a torchrun on the PATH runs with, which need not be the one on the PATH.
if torchrun=$(command -v torchrun); then
  read -r first <"$torchrun"
  case $first in
    '#!'*/python*) python=${first#??} ;;
  esac
fi
# Prints `new`, or `old` for a PyTorch before 2.0, whose torchrun knows no local_addr; fails without one. Does not import it, which takes seconds.
torch_age() {
  "$python" -c 'if 1:
    import importlib.util as util, pathlib, sys
    torch = util.find_spec("torch")
    if torch is None:
        sys.exit(1)
    run = pathlib.Path(torch.submodule_search_locations[0], "distributed", "run.py")
    print("new" if "local_addr" in run.read_text(errors="replace") else "old")' 2>/dev/null
}

if ! age=$(torch_age) && [ -z "$torchrun" ]; then
  unfit "there is no torchrun on the PATH, and $python has no module torch"
fi
# Spelled with underscores: 1.x knows no other way, 2.x both.
set -- --max_restarts=0 --no_python "$(command -v bash || command -v sh)" "$SLUICE_TORCH_COMMAND"
if [ "$age" != old ]; then set -- "--local_addr=$SLUICE_TORCH_ADDRESS" "$@"; fi
# One of them opens the port; which, torchrun would find out by names that resolve differently from node to node.
if [ "$SLUICE_RANK" = 0 ]; then set -- --rdzv_conf=is_host=true "$@"; else set -- --rdzv_conf=is_host=false "$@"; fi
set -- "--nnodes=$SLUICE_SIZE" "--nproc_per_node=$SLUICE_TORCH_RANKS_HERE" "--node_rank=$SLUICE_RANK" "--rdzv_id=$SLUICE_TORCH_ID" \
  --rdzv_backend=c10d "--rdzv_endpoint=$SLUICE_TORCH_ENDPOINT" "$@"
if [ -n "$torchrun" ]; then exec "$torchrun" "$@"; fi
exec "$python" -m torch.distributed.run "$@"
