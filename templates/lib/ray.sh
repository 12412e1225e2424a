# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# Ray: a head and workers for the lifetime of one task. Head and driver run beside the batch script and cost no node; the workers are
# steps. The driver starts when all nodes of the cluster are alive. The head offers no cores to Ray's tasks: it only serves.
#
# Ray listens on all addresses of a node, and anyone who reaches its ports could run code as this user. So the task has a token, in a
# file that only the user can read: Ray takes its path. `ray stop` would end the user's other clusters on the node too; it is not used.

# shellcheck source=/dev/null
. "$sluice_lib/served.sh"

sluice_needs_module=ray

# In the batch script: the token.
sluice_ray_prepare() {
  sluice_make_private
  (umask 077 && sluice_random_secret >"$sluice_private/token")
}

# In the batch script, once all shims are up: waits for the head and for all nodes.
sluice_ray_ready() {
  sluice_wait_on_count ray.nodes "Ray workers joined" "${sluice_role_procs[worker]}" || return
  sluice_put ray.ready ''
  if sluice_is_there . ray.open; then
    sluice_warnings+=("Ray $(<"$sluice_state/ray.open") knows no tokens: whoever reached its ports could run code in this cluster; 2.52 and later do")
  fi
}

sluice_ray_close() {
  sluice_remove_private
}

# On the node, before it is published: the head's port, and one for Ray's client server, where the image has that.
sluice_ray_check() {
  if [ "$sluice_own_role" != head ]; then return; fi
  sluice_take_port
  sluice_ray_client_port=$sluice_port
  sluice_take_port
}

# On the node, before the command.
sluice_ray_enter() {
  (umask 077 && cp "$sluice_private/token" "$sluice_scratch/token") || sluice_refuse "cannot copy the task's token to $sluice_scratch"
  sluice_give RAY_AUTH_MODE token
  sluice_give RAY_AUTH_TOKEN_PATH "$sluice_scratch/token"
  sluice_give RAY_USAGE_STATS_ENABLED 0
  sluice_give RAY_ADDRESS "$(sluice_ray_address)"
  case $sluice_own_role in
    head | worker) sluice_enter_ray_node ;;
  esac
}

# Prints where the head listens.
sluice_ray_address() {
  local role address port
  while read -r role _ _ address port; do
    if [ "$role" = head ]; then echo "$address:$port"; fi
  done <"$sluice_state/members"
}

# What head and workers run in place of the command. Three tenths of the memory are for objects, which is Ray's own measure.
sluice_enter_ray_node() {
  local objects=$((sluice_role_mem[$sluice_own_role] * 3 / 10))
  sluice_make_ray_folder
  # Its own tries take their time.
  sluice_claim_seconds=$sluice_start_timeout
  sluice_give SLUICE_RAY_FOLDER "$sluice_ray_folder"
  sluice_give SLUICE_RAY_ADDRESS "$sluice_address"
  sluice_give SLUICE_RAY_PORT "$sluice_port"
  sluice_give SLUICE_RAY_CLIENT_PORT "${sluice_ray_client_port-}"
  sluice_give SLUICE_RAY_OBJECTS "$((objects << 20))"
  sluice_give SLUICE_RAY_MEMORY "$(((sluice_role_mem[$sluice_own_role] - objects - 256) << 20))"
  sluice_give SLUICE_RAY_WORKERS "${sluice_role_procs[worker]}"
  sluice_give SLUICE_RAY_TELLER "$sluice_lib/ray_head_tells.py"
  sluice_share_gpus
  sluice_run_daemon ray-daemon.sh
}

# A folder of its own for Ray's sockets, whose whole paths must be shorter than 108 bytes: Ray itself appends some 65 of them.
sluice_make_ray_folder() {
  sluice_ray_folder=$sluice_scratch
  if [ ${#sluice_scratch} -le 36 ]; then return; fi
  sluice_ray_folder=$(mktemp -d /tmp/sluice.XXXXXX) || sluice_refuse "cannot make a folder for Ray in /tmp"
  # Hidden by a /tmp of the container's own otherwise.
  sluice_same_path "$sluice_ray_folder"
}

# On the node, at the end.
sluice_ray_leave() {
  if [ "${sluice_ray_folder-$sluice_scratch}" != "$sluice_scratch" ]; then rm -rf -- "$sluice_ray_folder"; fi
}

# The GPUs of this process: a step sees those of all its processes on the node, and Ray would count them once for each.
sluice_share_gpus() {
  local each=0 gres=${sluice_role_gres[$sluice_own_role]-} devices
  if [ -n "$gres" ]; then each=$((${gres##*:} / sluice_role_per_node[$sluice_own_role])); fi
  sluice_give SLUICE_RAY_GPUS "$each"
  if [ "$each" = 0 ] || [ -z "${CUDA_VISIBLE_DEVICES-}" ]; then return; fi
  IFS=, read -ra devices <<<"$CUDA_VISIBLE_DEVICES"
  if [ ${#devices[@]} -le "$each" ]; then return; fi
  devices=("${devices[@]:${SLURM_LOCALID:-0}*each:each}")
  sluice_give CUDA_VISIBLE_DEVICES "$(IFS=, && echo "${devices[*]}")"
}
