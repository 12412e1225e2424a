#!/bin/sh
# Looks whether what the kind of cluster needs is here, where the command is about to run: in the container, or on the node. Then becomes the
# command. Run by role.sh in its place.

# shellcheck source=/dev/null
. "$SLUICE_OWN_LIB/daemon.sh"

# The site's own words, for a kind of its own.
ask_site() {
  said=$(sh -c "$SLUICE_OWN_PROBE" 2>&1) && return
  code=$?
  # Its last line.
  said=${said##*"
"}
  unfit "${said:-its probe ends with $code: $SLUICE_OWN_PROBE}"
}

# Whether one of the programs by which the command starts is here and, where it is a Python, has the module.
ask_programs() {
  said=''
  for program in $SLUICE_OWN_PROGRAMS; do
    if ! command -v "$program" >/dev/null 2>&1; then
      said="there is no $program"
      continue
    fi
    case ${program##*/} in
      python*) ;;
      *) return ;;
    esac
    # A Spark of its own folder comes with its Python, which the program finds for itself.
    if [ "$SLUICE_OWN_MODULE" = pyspark ] && [ -n "${SPARK_HOME-}" ]; then return; fi
    has_module "$program" "$SLUICE_OWN_MODULE"
    # Whatever else it ends with is no answer.
    if [ $? != 3 ]; then return; fi
    said="$program has no module $SLUICE_OWN_MODULE"
  done
  unfit "$said"
}

if [ -n "${SLUICE_OWN_PROBE-}" ]; then ask_site; else ask_programs; fi
command=$SLUICE_OWN_COMMAND
# What the command sees is what it would see without this.
unset SLUICE_OWN_PROBE SLUICE_OWN_PROGRAMS SLUICE_OWN_MODULE SLUICE_OWN_UNFIT SLUICE_OWN_COMMAND SLUICE_OWN_LIB SLUICE_OWN_STATE said program code
if command -v bash >/dev/null 2>&1; then exec bash "$command"; else exec sh "$command"; fi
