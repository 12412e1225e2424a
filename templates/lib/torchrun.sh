#!/bin/sh
# Becomes the torchrun of one node, where its PyTorch is: in the container, or on the node. Run by role.sh in place of the command, which
# torchrun runs once a rank.

python=${SLUICE_PYTHON:-python3}
shell=$(command -v bash || command -v sh)
set -- "--nnodes=$SLUICE_SIZE" "--nproc-per-node=$SLUICE_TORCH_RANKS_HERE" "--node-rank=$SLUICE_RANK" "--rdzv-id=$SLUICE_TORCH_ID" \
  --rdzv-backend=c10d "--rdzv-endpoint=$SLUICE_TORCH_ENDPOINT" "--local-addr=$SLUICE_TORCH_ADDRESS" --max-restarts=0 --no-python \
  "$shell" "$SLUICE_TORCH_COMMAND"
# One of them opens the port; which, torchrun would find out by names that resolve differently from node to node.
if [ "$SLUICE_RANK" = 0 ]; then set -- --rdzv-conf=is_host=true "$@"; else set -- --rdzv-conf=is_host=false "$@"; fi
if command -v torchrun >/dev/null; then exec torchrun "$@"; fi
if "$python" -c 'import importlib.util as util, sys; sys.exit(util.find_spec("torch") is None)'; then
  exec "$python" -m torch.distributed.run "$@"
fi
echo "sluice: no torchrun on $(uname -n): neither on the PATH nor in a module torch of $python" >&2
exit 127
