version 1.0

task make {
  input { String pattern }
  command <<<
    mkdir -p sub/deep .hidden-folder
    touch b.txt a.txt 'with space.txt' $'new\nline.txt' .dot.txt '[x].txt' x.txt sub/c.txt sub/deep/e.txt .hidden-folder/d.txt UPPER.TXT
    ln -s a.txt link.txt
  >>>
  output { Array[File] found = glob(pattern) }
}
