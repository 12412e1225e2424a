# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# Forms a cluster again that lost a port. Part of roles.sh.
#
# A port is free when a shim chooses it and may be taken when the program binds it, seconds later: by another task's program, another
# user's. All others have been told of it by then, so the whole cluster is formed again, with new ports.

# How often a cluster is formed at most.
sluice_formings=3

# Whether the task failed because a process found its port taken, and may be formed once more. Leaves that process in sluice_portless.
sluice_lost_a_port() {
  if [ -n "${sluice_signal-}" ] || [ -z "$sluice_failed" ] || [ "$sluice_forming" -ge "$sluice_formings" ]; then return 1; fi
  for sluice_portless in "${!sluice_end_reason[@]}"; do
    case ${sluice_end_reason[$sluice_portless]} in
      "$sluice_port_taken"*) return 0 ;;
    esac
  done
  return 1
}

# Says so, puts what the first forming wrote aside, and forgets it.
sluice_form_again() {
  local aside=$sluice_run_folder/roles/formed.$sluice_forming process
  echo "sluice: $sluice_portless on ${sluice_end_host[$sluice_portless]} ${sluice_end_reason[$sluice_portless]};" \
    "the cluster is formed again with new ports ($((sluice_forming + 1)) of $sluice_formings)" >&2
  mkdir -p "$aside"
  for process in $(sluice_processes "${sluice_role_names[@]}"); do
    mv -f -- "$(sluice_log_of "$process")" "$aside/" 2>/dev/null
  done
  mv -f -- "$sluice_run_folder"/{stdout,stderr} "$sluice_run_folder"/roles/launch.* "$aside/" 2>/dev/null
  sluice_close_state
  sluice_client_pid=() sluice_client_processes=() sluice_client_code=() sluice_client_gone_at=() sluice_members=() sluice_warnings=()
  sluice_end_code=() sluice_end_host=() sluice_end_stopped=() sluice_end_oom=() sluice_end_ms=() sluice_end_reason=() sluice_end_seen=()
  sluice_forming=$((sluice_forming + 1))
}
