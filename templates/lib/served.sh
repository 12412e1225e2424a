# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # variables are shared by the files of the library
# What the kinds with a head, workers and a driver have in common: secrets of the task's own, and waiting for the cluster. Sourced by
# spark.sh, ray.sh, dask.sh, custom.sh.

# In the batch script: makes the folder of the task's secrets, which only the user can enter, and leaves it in sluice_private.
sluice_make_private() {
  sluice_private=$sluice_run_folder/roles/private
  (umask 077 && mkdir -p "$sluice_private")
}

# The secrets go with the cluster.
sluice_remove_private() {
  rm -rf -- "$sluice_private"
}

# Prints 256 random bits.
sluice_random_secret() {
  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'
}

# In the batch script: a step of waiting for the cluster; fails when waiting is over: WHAT_IS_MISSING
sluice_wait_on() {
  if sluice_start_is_lost; then return 1; fi
  if [ "$SECONDS" -ge "$sluice_deadline" ]; then
    sluice_fail_start "not ready within $sluice_start_timeout s: $1" late
    return 1
  fi
  sleep 0.1
}

# In the batch script: waits until a count that the head's program keeps in a file of the state folder is that of all
# workers: FILE WHAT COUNT
sluice_wait_on_count() {
  local seen=0
  while :; do
    if sluice_is_there . "$1"; then read -r seen <"$sluice_state/$1"; fi
    if [ "$seen" -ge "$3" ]; then return; fi
    sluice_wait_on "of $3 $2: $seen" || return
  done
}

# In the batch script: waits for a file of the state folder that the head's program writes when it listens: FILE WHAT
sluice_wait_on_head() {
  until sluice_is_there . "$1"; do
    sluice_wait_on "$2 did not start: $(sluice_tail "$(sluice_log_of "${sluice_role_names[0]}.0")" 5)" || return
  done
}
