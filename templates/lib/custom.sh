# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# A kind of cluster that the site adds: its table `[clusters.NAME]` in the site file, and the functions of its own file, if it has one.
#
# The file has the functions that it needs of these, named as our own kinds' are; each is called without arguments:
#   sluice_NAME_prepare   in the batch script, before anything starts: makes files, secrets; variables named sluice_… reach the nodes
#   sluice_NAME_check     on the node, before the process says that it is there: refuses (sluice_refuse REASON), takes a port (sluice_take_port)
#   sluice_NAME_ready     in the batch script, once all processes are there and the roles that start first are ready: fails, having called
#                         sluice_fail_start REASON
#   sluice_NAME_enter     on the node, before the command: gives variables (sluice_give NAME VALUE); sluice_own_role, sluice_own_rank,
#                         sluice_address, sluice_port and sluice_scratch (a folder of its own on this node) are set
#   sluice_NAME_leave     on the node, at the process's end
#   sluice_NAME_close     in the batch script, when every process has ended: removes secrets
#
# The functions of served.sh are there for it: sluice_make_private and sluice_random_secret, sluice_wait_on and its kin.

# shellcheck source=/dev/null
. "$sluice_lib/served.sh"

# Reads the site's file.
sluice_load_site_library() {
  # shellcheck source=/dev/null
  if [ -n "${sluice_site_library-}" ]; then . "$sluice_lib/$sluice_site_library"; fi
}

# Shims know its name by now; the batch script does not yet.
sluice_load_site_library

# Calls a function of the site's file if there is one: HOOK
sluice_site_hook() {
  local name=sluice_${sluice_site_kind}_$1
  if declare -F "$name" >/dev/null; then "$name"; fi
}

sluice_custom_prepare() {
  sluice_load_site_library
  mkdir -p "$sluice_state"/{ready,unready}
  sluice_site_hook prepare
}

sluice_custom_check() {
  local port=sluice_site_port_$sluice_own_role
  if [ -n "${!port-}" ]; then sluice_take_port; fi
  sluice_site_hook check
}

# In the batch script: waits for the roles that say when they are ready.
sluice_custom_ready() {
  local missing
  until missing=$(sluice_first_not_ready) && [ -z "$missing" ]; do
    sluice_wait_on "$missing: $(sluice_say_unready "$missing")" || return
  done
  sluice_site_hook ready
}

# Prints the end of a process's log and of what its `ready` said last: ROLE.RANK
sluice_say_unready() {
  sluice_tail "$(sluice_log_of "$1")" 5
  if [ -s "$sluice_state/unready/$1" ]; then
    echo "its \`ready' says:"
    cat "$sluice_state/unready/$1"
  fi
}

# Prints a process that has started, is to say when it is ready, and has not yet.
sluice_first_not_ready() {
  local role process ready
  for role in "${sluice_role_names[@]}"; do
    ready=sluice_site_ready_$role
    if [ -z "${!ready-}" ] || [ "${sluice_role_when[$role]}" != first ]; then continue; fi
    for process in $(sluice_processes "$role"); do
      if ! sluice_is_there ready "$process"; then echo "$process" && return; fi
    done
  done
}

sluice_custom_enter() {
  local pair ready=sluice_site_ready_$sluice_own_role probe=sluice_site_probe_$sluice_own_role
  for pair in "${sluice_site_environment[@]}"; do
    sluice_give "${pair%%=*}" "$(sluice_with_addresses "${pair#*=}")"
  done
  sluice_site_hook enter
  sluice_probe=${!probe-}
  if [ -n "${!ready-}" ]; then sluice_tell_when_ready "${!ready}"; fi
}

# On the node, at the process's end.
sluice_custom_leave() {
  if [ -n "${sluice_companion_pid-}" ]; then kill -KILL -- "-$sluice_companion_pid" 2>/dev/null; fi
  sluice_site_hook leave
}

sluice_custom_close() {
  sluice_site_hook close
}

# Prints a text with {ROLE.RANK} and {ROLE} replaced by the address of that process, and by those of all of that role: TEXT
sluice_with_addresses() {
  local text=$1 done='' inner list
  while [[ $text =~ \{([A-Za-z_][A-Za-z0-9_]*(\.[0-9]+)?)\} ]]; do
    inner=${BASH_REMATCH[1]}
    list=$(sluice_addresses_of "$inner")
    done+=${text%%"{$inner}"*}$list
    text=${text#*"{$inner}"}
  done
  printf '%s' "$done$text"
}

# Prints HOST:PORT of a process, or of all processes of a role with commas between; the host alone where they have no port: ROLE[.RANK]
sluice_addresses_of() {
  local role rank host port list=''
  while read -r role rank host _ port; do
    if [ "$1" != "$role" ] && [ "$1" != "$role.$rank" ]; then continue; fi
    if [ "$port" != - ]; then host+=:$port; fi
    list+=${list:+,}$host
  done <"$sluice_state/members"
  printf '%s' "$list"
}

# In the background: runs a command where the process's own command runs, until it succeeds; keeps what it said last of why not: TEXT
sluice_tell_when_ready() {
  local said='' last=''
  mkdir "$sluice_scratch/ready"
  printf '%s\n' "$1" >"$sluice_scratch/ready/command"
  set -m
  (
    trap - TERM USR1
    # What the container program leaves there is not to be taken for the command's.
    sluice_scratch=$sluice_scratch/ready
    sluice_role_command[$sluice_own_role]=$sluice_scratch/command
    while sleep 0.3; do
      # To a file: whatever it leaves behind would keep a pipe open.
      if (sluice_become_command) >"$sluice_scratch/said" 2>&1; then sluice_put "ready/$sluice_own" '' && exit; fi
      said=$(tail -n 3 -- "$sluice_scratch/said" | tail -c 1500)
      if [ -n "$said" ] && [ "$said" != "$last" ]; then sluice_put "unready/$sluice_own" "$said" && last=$said; fi
    done
  ) </dev/null >/dev/null 2>&1 &
  sluice_companion_pid=$!
  disown "$sluice_companion_pid"
  set +m
}
