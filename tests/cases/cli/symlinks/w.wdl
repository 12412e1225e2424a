version 1.0

task inside {
  input {
    File f
  }
  command <<<
    echo > own
    ln -s own link
    ln -s '~{f}' given
  >>>
  output {
    File link = "link"
    File given = "given"
  }
}

task outside {
  command <<< ln -s /etc/passwd link >>>
  output {
    File link = "link"
  }
}
