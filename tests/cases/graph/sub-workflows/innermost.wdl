version 1.2

task half {
  input { Int x }
  command <<<>>>
  output { Int y = x / 2 }
}

workflow rest {
  input { Int x }
  call half { x }
  output { Int y = half.y }
}
