# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# Spark: a standalone cluster for the lifetime of one task. Master and driver run beside the batch script and cost no node; the
# workers are steps. The driver starts when all workers have registered.
#
# Anyone who reaches the ports could run code as this user, so the cluster has a secret of its own. It is in a file that only the
# user can read, and never on a command line, which every user of a node can see.

# shellcheck source=/dev/null
. "$sluice_lib/served.sh"

sluice_needs_module=pyspark

# In the batch script: the configuration, as far as it is known before the master runs.
sluice_spark_prepare() {
  sluice_make_private
  (umask 077 && sluice_print_spark_conf >"$sluice_private/spark-defaults.conf")
}

sluice_print_spark_conf() {
  cat <<CONF
spark.authenticate true
spark.authenticate.secret $(sluice_random_secret)
spark.network.crypto.enabled true
spark.ui.enabled false
spark.ui.killEnabled false
spark.master.rest.enabled false
spark.port.maxRetries 64
spark.executor.memory $(sluice_spark_heap "${sluice_role_mem[worker]}")m
spark.driver.memory $(sluice_spark_heap "${sluice_role_mem[driver]}")m
CONF
}

# Adds lines to the configuration, for the driver: LINE...
sluice_add_to_spark_conf() {
  local conf=$sluice_private/spark-defaults.conf
  (umask 077 && printf '%s\n' "$@" | cat "$conf" - >"$conf.draft") && mv -T "$conf.draft" "$conf"
}

# Prints the Java heap for a process with so many MiB: the rest is for the worker's own daemon and for the Python workers beside
# the executor. Spark refuses less than 471.
sluice_spark_heap() {
  local heap=$((($1 - 384) * 60 / 100))
  echo $((heap < 480 ? 480 : heap))
}

# In the batch script, once all shims are up: waits for the master's address, then for the workers.
sluice_spark_ready() {
  sluice_await_spark_master || return
  local address registered
  read -r _ address _ <"$sluice_state/up/master.0"
  sluice_add_to_spark_conf "spark.master $sluice_spark_url" "spark.driver.host $address" "spark.driver.bindAddress $address"
  sluice_put spark.master "$sluice_spark_url"
  until registered=$(sluice_spark_registered) && [ "$registered" -ge "${sluice_role_procs[worker]}" ]; do
    sluice_wait_on "of ${sluice_role_procs[worker]} Spark workers registered: $registered" || return
  done
}

# Sets sluice_spark_url from the master's log: it takes a free port itself, and says there which.
sluice_await_spark_master() {
  local log
  log=$(sluice_log_of master.0)
  until sluice_spark_url=$(grep -oE 'Starting Spark master at spark://[^ ]+' "$log" 2>/dev/null); do
    sluice_wait_on "the Spark master did not start: $(sluice_tail "$log" 5)" || return
  done
  sluice_spark_url=${sluice_spark_url##* }
}

# Prints how many workers have registered, by the master's log; one that lost it and came back is there twice, with the same address. To ask the
# master's page in JSON would take longer: it loads what makes pages at the first request. A worker that is lost again
# meanwhile is seen by its own shim.
sluice_spark_registered() {
  grep -oE 'Registering worker [^ ]+' "$(sluice_log_of master.0)" 2>/dev/null | sort -u | wc -l
}

sluice_spark_close() {
  sluice_remove_private
}

# On the node, before the command.
sluice_spark_enter() {
  # A copy on this node: Java splits its list of folders at colons, and the run's folder may have one in its name.
  (umask 077 && mkdir "$sluice_scratch/conf" && cp "$sluice_private/spark-defaults.conf" "$sluice_scratch/conf/")
  sluice_give SPARK_CONF_DIR "$sluice_scratch/conf"
  sluice_give SPARK_LOCAL_IP "$sluice_address"
  sluice_give SPARK_LOCAL_DIRS "$sluice_scratch"
  # With no locale, as under --export=NONE, Java fails to start in a folder whose name is not ASCII.
  if [ -z "${LC_ALL-}${LC_CTYPE-}${LANG-}" ]; then sluice_give LANG C.UTF-8; fi
  sluice_find_spark_home
  case $sluice_own_role in
    master) sluice_enter_spark_daemon 512 ;;
    worker) sluice_enter_spark_worker ;;
    *) sluice_enter_spark_driver ;;
  esac
}

# SPARK_HOME, where the site or the task says it; else the image's, or what is on the PATH.
sluice_find_spark_home() {
  local folder=${sluice_spark_executor_uri#file://}
  if [ -n "${sluice_spark_home-}" ]; then sluice_give SPARK_HOME "$sluice_spark_home"; fi
  if [ -z "$folder" ]; then return; fi
  sluice_give SPARK_EXECUTOR_URI "$sluice_spark_executor_uri"
  if [ -x "$folder/bin/spark-class" ]; then sluice_give SPARK_HOME "$folder"; fi
}

# What master and workers run in place of the command: MIB of heap of its own
sluice_enter_spark_daemon() {
  sluice_give SPARK_DAEMON_MEMORY "${1}m"
  sluice_run_daemon spark-daemon.sh
}

# A worker offers what one executor of the configured size needs, and joins once the master has said where it is: it waits for that where
# it runs, so that its container is up by then.
sluice_enter_spark_worker() {
  sluice_enter_spark_daemon 256
  sluice_give SPARK_WORKER_DIR "$sluice_scratch/work"
  sluice_give SPARK_WORKER_CORES "${sluice_role_cpus[worker]}"
  sluice_give SPARK_WORKER_MEMORY "$(sluice_spark_heap "${sluice_role_mem[worker]}")m"
}

# A bare `spark-submit program.py` finds the cluster in spark-defaults.conf; other programs in these.
sluice_enter_spark_driver() {
  sluice_give SPARK_MASTER_URI "$(<"$sluice_state/spark.master")"
  sluice_give MASTER "$(<"$sluice_state/spark.master")"
}
