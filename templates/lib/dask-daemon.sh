#!/bin/sh
# Becomes a Dask scheduler or worker, where its Dask is: in the container, or on the node. Run by role.sh in place of a command.

# shellcheck source=/dev/null
. "$SLUICE_OWN_LIB/daemon.sh"
python=${SLUICE_PYTHON:-python3}
if [ "$SLUICE_ROLE" = worker ]; then
  await_state dask.scheduler
  DASK_SCHEDULER_ADDRESS=$(cat "$SLUICE_OWN_STATE/dask.scheduler")
  export DASK_SCHEDULER_ADDRESS
fi
has_module "$python" distributed || unfit "$python has no module distributed"
# Not in the task's folder: daemons have no business there, and would take its files for Python's modules.
cd "$TMPDIR" || exit 1
# Certificates guard the ports of the cluster; pages over HTTP would have none.
export DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION=True
export DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES='[]' DASK_DISTRIBUTED__WORKER__HTTP__ROUTES='[]'
export PYTHONDONTWRITEBYTECODE=1
set -- --protocol tls --host "$SLUICE_DASK_ADDRESS" --no-dashboard --dashboard-address 127.0.0.1:0
case $SLUICE_ROLE in
  scheduler)
    exec "$python" -m distributed.cli.dask_scheduler "$@" --port 0 --scheduler-file "$DASK_SCHEDULER_FILE" --preload "$SLUICE_DASK_TELLER"
    ;;
  worker)
    exec "$python" -m distributed.cli.dask_worker "$@" --name "worker.$SLUICE_RANK" --nworkers 1 --nthreads "$SLUICE_CPUS" \
      --memory-limit "$SLUICE_DASK_MEMORY" --local-directory "$TMPDIR" --death-timeout 60 "$DASK_SCHEDULER_ADDRESS"
    ;;
esac
