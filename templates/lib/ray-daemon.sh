#!/bin/sh
# Runs a Ray head or worker, where its Ray is: in the container, or on the node. Run by role.sh in place of a command.

# Runs `ray start`. It gives up when its raylet has not registered within 30 s, which is too soon for a node that is busy or reads an image
# for the first time; so, until the cluster is ready, it is tried again. role.sh signals the whole process group.
start() {
  tries=1 stopped=no
  trap 'stopped=yes' TERM
  while :; do
    # In the foreground: in the background it would have to ignore interrupts, and Ray cancels tasks by them.
    "$python" -m ray.scripts.scripts start "$@"
    code=$?
    if [ "$stopped" = yes ] || [ "$tries" -ge 4 ] || [ -e "$SLUICE_RAY_STATE/ray.ready" ]; then exit "$code"; fi
    tries=$((tries + 1))
    echo "sluice: Ray ended with $code before the cluster was ready; try $tries of 4"
  done
}

python=${SLUICE_PYTHON:-python3}
has() {
  "$python" -c 'import importlib.util as util, sys; sys.exit(util.find_spec(sys.argv[1]) is None)' "$1"
}
if ! has ray; then
  echo "sluice: no Ray on $(uname -n): $python has no module ray" >&2
  exit 127
fi
# Not in the task's folder: daemons have no business there, and would take its files for Python's modules.
cd "$TMPDIR" || exit 1
# This one is an order to Ray to join, and to a head an error.
address=$RAY_ADDRESS
unset RAY_ADDRESS
set -- "--node-ip-address=$SLUICE_RAY_ADDRESS" "--temp-dir=$SLUICE_RAY_FOLDER" "--object-store-memory=$SLUICE_RAY_OBJECTS" \
  --min-worker-port=0 --max-worker-port=0 --dashboard-agent-listen-port=0 --disable-usage-stats --block
case $SLUICE_ROLE in
  head)
    if has grpc; then set -- "$@" "--ray-client-server-port=$SLUICE_RAY_CLIENT_PORT"; fi
    RAY_ADDRESS=$address "$python" "$SLUICE_RAY_TELLER" &
    start --head "--port=$SLUICE_RAY_PORT" --num-cpus=0 --num-gpus=0 --include-dashboard=false "$@"
    ;;
  worker)
    start "--address=$address" "--num-cpus=$SLUICE_CPUS" "--num-gpus=$SLUICE_RAY_GPUS" \
      "--memory=$SLUICE_RAY_MEMORY" "$@"
    ;;
esac
