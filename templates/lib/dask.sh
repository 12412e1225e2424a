# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# Dask: a scheduler and workers for the lifetime of one task. Scheduler and driver run beside the batch script and cost no node; the
# workers are steps. The driver starts when all workers have registered.
#
# Anyone who reaches the ports could run code as this user, so all of them speak TLS, and only with who has a certificate of this
# task. Its keys are in files that only the user can read.

# shellcheck source=/dev/null
. "$sluice_lib/served.sh"

sluice_needs_module=distributed

# In the batch script: certificates, by the openssl of this node, else by that of the scheduler's image.
sluice_dask_prepare() {
  sluice_make_private
  local log=$sluice_private/log said code
  sluice_make_certificates >"$log" 2>&1
  code=$?
  if [ "$code" = 0 ]; then return; fi
  # No openssl: there will be none the next time.
  if [ "$code" = 127 ]; then sluice_failed_start=unfit; fi
  said=$(sluice_tail "$log" 3)
  sluice_remove_private
  sluice_fail "the certificates of Dask's processes could not be made, which takes openssl on $sluice_host or in the scheduler's image: $said"
}

# Runs dask-certificates.sh where there is an openssl.
sluice_make_certificates() (
  umask 077
  sluice_command=$sluice_lib/dask-certificates.sh
  sluice_environment+=("SLUICE_PRIVATE=$sluice_private")
  sluice_workdir=$sluice_private
  if ! command -v openssl >/dev/null && declare -p sluice_container_scheduler >/dev/null 2>&1; then
    sluice_same_path "$sluice_lib"
    sluice_in_container "${sluice_container_scheduler[@]}"
  fi
  sluice_on_host
)

# In the batch script, once all shims are up: waits for the scheduler, then for the workers.
sluice_dask_ready() {
  sluice_wait_on_head dask.scheduler "the Dask scheduler" || return
  sluice_wait_on_count dask.workers "Dask workers registered" "${sluice_role_procs[worker]}"
}

sluice_dask_close() {
  sluice_remove_private
}

# On the node, before the command. Each role shows the same certificate, which the task's own authority has signed.
sluice_dask_enter() {
  local role tls=$sluice_scratch/tls
  # A copy on this node: Dask expands a `$` in the paths that it is given, and the run's folder may have one in its name.
  (umask 077 && mkdir "$tls" && cp "$sluice_private"/{ca,cert,key}.pem "$tls/") || sluice_refuse "cannot copy the task's certificates to $tls"
  sluice_give DASK_DISTRIBUTED__COMM__TLS__CA_FILE "$tls/ca.pem"
  for role in SCHEDULER WORKER CLIENT; do
    sluice_give "DASK_DISTRIBUTED__COMM__TLS__${role}__CERT" "$tls/cert.pem"
    sluice_give "DASK_DISTRIBUTED__COMM__TLS__${role}__KEY" "$tls/key.pem"
  done
  sluice_give DASK_SCHEDULER_FILE "$sluice_state/dask.json"
  case $sluice_own_role in
    scheduler) sluice_enter_dask_daemon ;;
    worker) sluice_enter_dask_worker ;;
    *) sluice_give DASK_SCHEDULER_ADDRESS "$(<"$sluice_state/dask.scheduler")" ;;
  esac
}

# What scheduler and workers run in place of the command.
sluice_enter_dask_daemon() {
  sluice_give SLUICE_DASK_ADDRESS "$sluice_address"
  sluice_give SLUICE_DASK_TELLER "$sluice_lib/dask_scheduler_tells.py"
  sluice_run_daemon dask-daemon.sh
}

# A worker joins once the scheduler has said where it is; it waits for that where it runs, so that its container is up by then. Its nanny, a
# process of some 100 MiB, ends what grows beyond the limit.
sluice_enter_dask_worker() {
  local memory=${sluice_role_mem[worker]}
  sluice_enter_dask_daemon
  sluice_give SLUICE_DASK_MEMORY "$((memory - 128))MiB"
}
