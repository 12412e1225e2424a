version 1.2
workflow w {
  input { String text  String? maybe  Boolean flag }
  Int a = if text then 1 else 2
  Boolean b = !text && flag
  Boolean c = flag || text
  Boolean d = if (if flag then "true" else "false") then true else false
  Boolean e = if select_first([text, "true"]) then true else false
  String f = "~{true="yes" false="no" text}"
  if (text) { Int g = 1 }
  if (maybe) { Int h = 1 }
  output { String all = "~{a}~{b}~{c}~{d}~{e}~{f}~{g}~{h}" }
}
