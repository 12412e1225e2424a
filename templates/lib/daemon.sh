# shellcheck shell=sh
# For the programs that run in place of a command, where the framework is: in a container, or on the node. For any shell.

# Waits for a file of the state folder, which it reads anew each time; why so is said in state.sh: NAME
await_state() {
  tries=0
  until state_has "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ]; then
      sleep 1
    elif [ "$SLUICE_SIZE" -gt 16 ] && [ "$tries" -gt 50 ]; then
      sleep 0.3 2>/dev/null || sleep 1
    else
      # Some small images know whole seconds only.
      sleep 0.1 2>/dev/null || sleep 1
    fi
  done
}

# Whether the state folder has a file: NAME
state_has() {
  : >"$SLUICE_OWN_STATE/.look.$SLUICE_ROLE.$SLUICE_RANK.$$" && rm -f "$SLUICE_OWN_STATE/.look.$SLUICE_ROLE.$SLUICE_RANK.$$"
  for path in "$SLUICE_OWN_STATE"/*; do
    if [ "${path##*/}" = "$1" ]; then return 0; fi
  done
  return 1
}

# Whether a Python has a module; 3: it has not. Without importing it, which takes seconds: PYTHON MODULE
has_module() {
  "$1" -c 'import importlib.util as util, sys; sys.exit(3 if util.find_spec(sys.argv[1]) is None else 0)' "$2" 2>/dev/null
}

# What is needed is not here: WHAT
unfit() {
  echo "sluice: $1" >&2
  echo "$1" >"$SLUICE_OWN_UNFIT"
  exit 127
}
