version 1.0
struct Directory { Int files }
workflow w {
  Directory d = object { files: 1 }
  output { Int out = d.files  Directory back = d }
}
