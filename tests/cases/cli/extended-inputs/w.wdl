version 1.2

task show {
  input { Directory? dir  File? file }
  command <<<
    if [ -n "~{dir}" ]; then cd "~{dir}" && find . | sort && find . -type f | sort | xargs cat; fi
    if [ -n "~{file}" ]; then echo "~{basename(select_first([file, "none"]))}"; cat "~{file}"; fi
  >>>
  output { Array[String] found = read_lines(stdout())  String? name = if defined(dir) then basename(select_first([dir])) else None }
}
