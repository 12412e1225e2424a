#!/bin/sh
# Runs a Ray head or worker, where its Ray is: in the container, or on the node. Run by role.sh in place of a command.

# Runs `ray start`. It gives up when its raylet has not registered within 30 s, which is too soon for a node that is busy or reads an image
# for the first time; so, until the cluster is ready, it is tried again. role.sh signals the whole process group.
start() {
  tries=1 stopped=no
  trap 'stopped=yes' TERM
  while :; do
    if [ "$SLUICE_ROLE" = head ]; then claim_ports; fi
    # In the foreground: in the background it would have to ignore interrupts, and Ray cancels tasks by them.
    "$python" -m ray.scripts.scripts start "$@"
    code=$?
    if [ "$stopped" = yes ] || [ "$tries" -ge 4 ] || [ -e "$SLUICE_OWN_STATE/ray.ready" ]; then exit "$code"; fi
    tries=$((tries + 1))
    echo "sluice: Ray ended with $code before the cluster was ready; try $tries of 4"
  done
}

# Ends this head where someone else has taken a port of it since it was chosen: Ray says so late, or not at all. An earlier try of
# its own may take some seconds to leave it. The words are those that role.sh looks for.
claim_ports() {
  "$python" -c 'if 1:
    import errno, socket, sys, time
    for port in map(int, filter(None, sys.argv[2:])):
        for left in range(0 if sys.argv[1] == "1" else 20, -1, -1):
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as own:
                try:
                    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    own.bind(("", port))
                    break
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        break
                    if left == 0:
                        sys.exit("sluice: port %d: address already in use" % port)
                    time.sleep(0.25)
' "$tries" "$SLUICE_RAY_PORT" "$SLUICE_RAY_CLIENT_PORT" || exit 1
}

python=${SLUICE_PYTHON:-python3}
# shellcheck source=/dev/null
. "$SLUICE_OWN_LIB/daemon.sh"
has_module "$python" ray || unfit "$python has no module ray"
# Not in the task's folder: daemons have no business there, and would take its files for Python's modules.
cd "$TMPDIR" || exit 1
# This one is an order to Ray to join, and to a head an error.
address=$RAY_ADDRESS
unset RAY_ADDRESS
set -- "--node-ip-address=$SLUICE_RAY_ADDRESS" "--temp-dir=$SLUICE_RAY_FOLDER" "--object-store-memory=$SLUICE_RAY_OBJECTS" \
  --min-worker-port=0 --max-worker-port=0 --dashboard-agent-listen-port=0 --disable-usage-stats --block
case $SLUICE_ROLE in
  head)
    if has_module "$python" grpc; then set -- "$@" "--ray-client-server-port=$SLUICE_RAY_CLIENT_PORT"; fi
    RAY_ADDRESS=$address "$python" "$SLUICE_RAY_TELLER" &
    start --head "--port=$SLUICE_RAY_PORT" --num-cpus=0 --num-gpus=0 --include-dashboard=false "$@"
    ;;
  worker)
    start "--address=$address" "--num-cpus=$SLUICE_CPUS" "--num-gpus=$SLUICE_RAY_GPUS" \
      "--memory=$SLUICE_RAY_MEMORY" "$@"
    ;;
esac
