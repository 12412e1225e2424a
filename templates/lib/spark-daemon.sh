#!/usr/bin/env bash
# Becomes a Spark master or worker, where its Spark is: in the container, or on the node. Run by role.sh in place of a command.

# shellcheck source=/dev/null
. "$SLUICE_OWN_LIB/daemon.sh"

# Prints the folder of Spark: the one that is set, the one of the spark-submit on the PATH, or that of Python's pyspark.
spark_home() {
  local submit
  if [ -x "${SPARK_HOME-}/bin/spark-class" ]; then echo "$SPARK_HOME" && return; fi
  if submit=$(command -v spark-submit) && submit=$(readlink -f "$submit") && [ -d "${submit%/bin/*}/jars" ]; then
    echo "${submit%/bin/*}" && return
  fi
  # Without importing it, which takes a second and more.
  "${PYSPARK_PYTHON:-python3}" -c 'import importlib.util; print(importlib.util.find_spec("pyspark").submodule_search_locations[0])' 2>/dev/null
}

if ! SPARK_HOME=$(spark_home); then
  unfit "there is no SPARK_HOME and no spark-submit on the PATH, and ${PYSPARK_PYTHON:-python3} has no module pyspark"
fi
export SPARK_HOME
# Not in the task's folder: daemons have no business there.
cd "$SPARK_LOCAL_DIRS" || exit 1
# The second compiler takes half the time of a start, and is for programs that compute for long: these do not. What the image or the site says
# comes later and holds.
export SPARK_DAEMON_JAVA_OPTS="-XX:TieredStopAtLevel=1 ${SPARK_DAEMON_JAVA_OPTS-}"
listen=(--host "$SPARK_LOCAL_IP" --port 0 --webui-port 0)
case $SLUICE_ROLE in
  master) exec "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master "${listen[@]}" ;;
  worker)
    await_state spark.master
    SPARK_MASTER_URI=$(cat "$SLUICE_OWN_STATE/spark.master")
    export SPARK_MASTER_URI
    exec "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker "${listen[@]}" \
      --cores "$SPARK_WORKER_CORES" --memory "$SPARK_WORKER_MEMORY" "$SPARK_MASTER_URI"
    ;;
esac
