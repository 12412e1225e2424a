version 1.3
import "paint.wdl" as paint alias Shade as PaintShade
enum Shade { Dark = 1, Light = 2 }
workflow w {
  input { Shade shade }
  call paint.mix { shade = PaintShade.Dark }
  output {
    Int own = value(Shade.Dark)
    Int theirs = value(PaintShade.Dark)
    Int of_a_call = value(mix.mixed)
    Int inside = mix.number
    Int given = value(shade)
    PaintShade by_name = "Light"
    Int of_a_name = value(by_name)
  }
}
