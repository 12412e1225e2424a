# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# The address of this node and a port that is free on it. Part of role.sh.

# Sets sluice_host, the name that others use, and sluice_address, the number that it has here.
sluice_node_address() {
  sluice_host=${SLURMD_NODENAME:-$sluice_node}
  if [ -n "${sluice_interface-}" ]; then
    sluice_address=$(ip -4 -o addr show dev "$sluice_interface" 2>/dev/null | awk '{ sub("/.*", "", $4); print $4; exit }')
    if [ -z "$sluice_address" ]; then sluice_refuse_interface; fi
    sluice_host=$sluice_address
  elif [ "$sluice_backend" = local ]; then
    sluice_host=localhost sluice_address=127.0.0.1
  else
    sluice_address=$(getent ahostsv4 "$sluice_host" | awk '{ print $1; exit }')
  fi
  : "${sluice_address:=$sluice_host}"
}

# The site's interface is not on this node; another address would be reached by another network, or not at all.
sluice_refuse_interface() {
  local has
  if ! command -v ip >/dev/null; then sluice_refuse "$sluice_false_start: no program \`ip' on its PATH (iproute2), which tells the address of an interface"; fi
  has=$(ip -4 -o addr show 2>/dev/null | awk '{ print $2 }' | sort -u | paste -sd ' ')
  sluice_refuse "$sluice_false_start: no interface \`$sluice_interface' with an IPv4 address (\`interface' in the site file's [distributed]); there are: $has"
}

# Sets sluice_port to a port on which nobody listens. It is chosen outside the range from which the kernel gives ports to
# outgoing connections, else one of these could take it before the program does; a folder a port keeps the processes of this
# task apart, which may share a node.
sluice_take_port() {
  local first last tries=0
  sluice_port_range
  while [ $tries -lt 200 ]; do
    sluice_port=$((first + (RANDOM * 32768 + RANDOM) % (last - first + 1)))
    if ! sluice_port_is_used "$sluice_port" && mkdir "$sluice_state/ports/$sluice_port" 2>/dev/null; then return; fi
    tries=$((tries + 1))
  done
  sluice_refuse "no free port between $first and $last"
}

# Sets first and last: the site's range, else above or below the kernel's.
sluice_port_range() {
  local low=32768 high=60999
  if [ "${sluice_port_min:-0}" -gt 0 ]; then
    first=$sluice_port_min last=$sluice_port_max
    return
  fi
  if [ -r /proc/sys/net/ipv4/ip_local_port_range ]; then read -r low high </proc/sys/net/ipv4/ip_local_port_range; fi
  if [ "$high" -lt 65000 ]; then
    first=$((high + 1)) last=65535
  else
    first=$((low > 20000 ? 10240 : 1024)) last=$((low - 1))
  fi
}

# Whether a socket of this node has the port.
sluice_port_is_used() {
  local hex
  hex=$(printf ':%04X ' "$1")
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "$hex"
}
