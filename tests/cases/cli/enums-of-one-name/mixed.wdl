version 1.3
import "paint.wdl" as paint alias Shade as PaintShade
enum Shade { Dark = 1, Light = 2 }
workflow mixed {
  call paint.mix { shade = Shade.Dark }
  output {
    Int number = mix.number
  }
}
