# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2004  # variables are shared by the files of the library; keys of associative arrays need their dollar
# Whether the image, or the node, has what the kind of cluster needs. Part of role.sh. It is looked for in the same container as the command
# and just before it, so that nothing else has to be started; what is missing is missing the next time too, and no such start is tried again.
#
# Which Python a command means, only the command knows. So what is asked is the program by which a line of it starts, and nothing where it may bring
# a framework of its own: where it sets PATH, activates or installs something, starts a program by a path, or one that is not known to need none.

# Puts the look before the command of this process, where there is something to look for.
sluice_add_probe() {
  local programs='' command=${sluice_role_command[$sluice_own_role]-command}
  case $command in
    # The library's own programs look for themselves.
    "$sluice_lib"/*) return ;;
    /*) ;;
    *) command=$sluice_attempt_folder/$command ;;
  esac
  if [ -z "${sluice_probe-}" ]; then
    if [ -z "${sluice_needs_module-}" ] || ! programs=$(sluice_programs_of "$command"); then return; fi
    sluice_give SLUICE_OWN_PROGRAMS "$programs"
    sluice_give SLUICE_OWN_MODULE "$sluice_needs_module"
  else
    sluice_give SLUICE_OWN_PROBE "$sluice_probe"
  fi
  sluice_give SLUICE_OWN_COMMAND "$command"
  sluice_run_daemon probe.sh
}

# Prints the programs by which a command starts its framework, in one line; fails where it has none, or where they say nothing: FILE
sluice_programs_of() {
  local line words programs='' head
  head=$(head -c 65536 -- "$1" | sed -e 's/^[[:space:]]*#.*//') 2>/dev/null
  if grep -qE '(^|[^[:alnum:]_])(PATH|PYTHONPATH|PYTHONHOME|SPARK_HOME)=|(^|[;&|[:space:]/])(activate|source|eval|module|ml|conda|mamba|micromamba|pip[0-9.]*|uv|pixi|poetry|spack|venv|virtualenv|apptainer|singularity|docker|podman|ssh)([[:space:]]|$)|(^|[;&|][[:space:]]*)\.[[:space:]]' <<<"$head"; then
    return 1
  fi
  # Lines that go on are one, and what is quoted or where output goes is no program. Then each simple command on a line of its own, without what may
  # come before its program.
  head=$(sed -E -e ':again; /\\$/{N; s/\\\n/ /; t again}' -e "s/'[^']*'/''/g; s/\"[^\"]*\"/\"\"/g; s/[0-9]*>&[0-9-]//g; s/&>/>/g; s/[;|&({]/\n/g" <<<"$head" |
    sed -E -e ':again; s/^[[:space:]]*((exec|time|nohup|env|then|do|else|if|while|!)[[:space:]]+|[A-Za-z_][A-Za-z0-9_]*=[^[:space:]]*[[:space:]]+)//; t again')
  while read -r line words; do
    case ${line##*/} in
      python | python[23] | python[23].[0-9] | python[23].[0-9][0-9])
        # What is written here needs no framework, or is seen to import it too late.
        case $words in '' | -c* | *' -c '* | - | '- '* | '<'* | -V | --version) continue ;; esac
        ;;
      spark-submit | spark-class | spark-sql | spark-shell | pyspark) ;;
      *)
        if sluice_needs_nothing "$line"; then continue; else return 1; fi
        ;;
    esac
    case $line in
      *[\$\`~*?\"\'\}]*) return 1 ;;
    esac
    case " $programs " in
      *" $line "*) ;;
      *) programs+=${programs:+ }$line ;;
    esac
  done <<<"$head"
  [ -n "$programs" ] && echo "$programs"
}

# Whether a word by which a simple command starts runs no program that could bring a framework: WORD
sluice_needs_nothing() {
  case $1 in
    '' | [A-Za-z_]*=* | [\<\>]* | '}' | ')' | '[' | '[[' | : | test | true | false) ;;
    for | in | case | 'esac' | 'fi' | 'done' | then | else | elif | 'do' | break | continue | return | exit | wait | trap | shift) ;;
    set | unset | export | declare | local | readonly | read | shopt | ulimit | umask | cd | pwd | pushd | popd | echo | printf) ;;
    cat | head | tail | wc | sort | uniq | cut | tr | tee | grep | sed | awk | diff | cmp | find | seq | date | sleep | stat | du | df | free | nproc) ;;
    ls | mkdir | rmdir | rm | cp | mv | ln | touch | chmod | mktemp | basename | dirname | realpath | tar | gzip | gunzip | zcat | unzip) ;;
    hostname | uname | id | ps | kill | nvidia-smi | lscpu | md5sum | sha256sum | curl | wget) ;;
    *) return 1 ;;
  esac
}

# Leaves word of what the command, or a program of the library in its place, has found missing; does nothing where that is nothing: CODE
sluice_leave_unfit() {
  if [ ! -s "$sluice_scratch/unfit" ]; then return; fi
  sluice_leave "$1" "$sluice_unfit $(<"$sluice_scratch/unfit"), $(sluice_say_where)"
}

# Prints where the command of this process runs.
sluice_say_where() {
  local list="sluice_container_${sluice_own_role}[@]" container
  container=("${!list}")
  if [ ${#container[@]} -gt 0 ]; then echo "in the image ${container[1]}"; else echo "on the node itself: the task names no image"; fi
}
