version 1.0
import "source.wdl" as back
task in_b { command <<< >>> }
