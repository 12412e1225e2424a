version 1.1
import "lib.wdl" as never
import "lib.wdl" as used
import "types.wdl"

task t {
  input { Int n  File bam  File bai  String? label }
  String unused_text = "x"
  command <<< echo ~{bam} >>>
}
workflow w {
  input { Array[File] files  Int count = 2 }
  Int doubled = 4
  call used.noop
  scatter (file in files) { call t { input: n = 1, bam = file, bai = file } }
}
