version 1.1

task t {
  input {
    Int n
    String place
  }
  command <<< echo ~{n} >>>
  runtime {
    container: place
  }
}

task fine {
  input {
    Array[String] after_all
  }
  command <<< echo fine >>>
}

task place {
  command <<< echo /nowhere/image.sif >>>
  output {
    String path = read_string(stdout())
  }
}

workflow w {
  call place
  scatter (n in range(3)) {
    call t { input: n = n, place = place.path }
  }
  call fine { input: after_all = [place.path] }
}
