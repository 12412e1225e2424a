# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# How the batch script (roles.sh) and the shims of the role processes (role.sh) tell each other things: small files in one
# folder on the shared file system, each written under another name and renamed, so that nobody reads half of one.
#
#   settings            every variable of the batch script that a shim needs, as bash reads it
#   up/ROLE.RANK        "HOST ADDRESS PORT STEP": the process is on its node, its command not yet started; PORT and STEP may be "-"
#   members             "ROLE RANK HOST ADDRESS PORT" a line, written once all are up: the shims wait for it
#   ready/ROLE.RANK     a role of a site's own kind is ready; until then unready/ROLE.RANK has what it last said of why not
#   formed              the cluster is ready: the processes that run in it wait for this
#   cluster.json        the same for programs: {"ps":["n1:61001"],"worker":["n2:61002"]}
#   end/ROLE.RANK       "CODE HOST STOPPED OOM_KILLS STARTED_MS ENDED_MS", from the second line on a reason for a person
#   again/ROLE.RANK.N   "CODE HOST OOM_KILLS": the process ended so and is started again, for the Nth time
#   stop/all            its being there asks every process to end
#   ports/PORT          a folder a port that a process of this task has taken
#
# Must not start or end anything.
#
# Nowhere in the library is there a process substitution, `<(…)`: bash (5.2 at least) forgets to take some of those for ended, and when the system
# gives the number of one to a later child, bash takes that one's end for the old one's and waits for it for ever.

# The name of this node. HOSTNAME is no evidence: where a login profile exports it, it is the login node's on every other.
sluice_node=$(uname -n)

# How the reason of an end begins whose command never ran, or not as what it is: the start failed, not the command.
sluice_false_start='could not start'
sluice_not_in_container="$sluice_false_start its container"
# How it begins where the image or the node lacks what the kind of cluster needs: another try would end so too.
sluice_unfit="$sluice_false_start without what its cluster needs:"
# How it begins where MPI ranks and what starts them do not understand each other: another try would end so too.
sluice_no_world="$sluice_false_start its ranks as one world"
# How the reason of an end begins whose program found the port taken that had been chosen for it.
sluice_port_taken='found its port taken:'

# Writes a state file: NAME LINE...
sluice_put() {
  local draft="$sluice_state/.draft.${1//\//.}.$sluice_node.$$"
  printf '%s\n' "${@:2}" >"$draft" && mv -T "$draft" "$sluice_state/$1"
}

# Makes this node read a state folder anew. NFS keeps the list of a folder for up to a minute, but not past a change of its own.
sluice_refresh() {
  local probe="$sluice_state/$1/.look.$sluice_node.$$"
  : >"$probe" && rm -f "$probe"
}

# Whether a state file is there: FOLDER NAME. Reads the folder; a name that was looked for too early stays "absent" on NFS.
sluice_is_there() {
  local path
  sluice_refresh "$1"
  for path in "$sluice_state/$1"/*; do
    if [ "${path##*/}" = "$2" ]; then return 0; fi
  done
  return 1
}

# Calls a function of the cluster kind if the kind has it: sluice_KIND_HOOK ARGUMENT...
sluice_hook() {
  local name=sluice_${sluice_kind}_$1
  if declare -F "$name" >/dev/null; then "$name" "${@:2}"; fi
}

# The processes of a role, one a line: ROLE.RANK
sluice_processes() {
  local role rank
  for role in "$@"; do
    for ((rank = 0; rank < sluice_role_procs[$role]; rank++)); do echo "$role.$rank"; done
  done
}

# Prints how many processes the task has in all.
sluice_count_processes() {
  local total=0 role
  for role in "${sluice_role_names[@]}"; do total=$((total + sluice_role_procs[$role])); done
  echo "$total"
}

# Prints the path of a process's log: ROLE.RANK
sluice_log_of() {
  echo "$sluice_logdir/$1.log"
}

# Whether a reason tells of a start that failed: REASON
sluice_is_false_start() {
  case $1 in
    "$sluice_false_start"*) return 0 ;;
  esac
  return 1
}
