version 1.1
# Pi by eight MPI ranks on two nodes. See README.md.

task Compile {
    input {
        File source
    }

    command <<<
        mpicc.mpich -O2 -Wall -o program "~{source}"
    >>>

    output {
        File program = "program"
    }

    runtime {
        container: "mpich"
        memory: "256 MiB"
    }
}

task Pi {
    input {
        File program
        Int ranks
        Int steps
    }

    command <<<
        "~{program}" ~{steps}
    >>>

    output {
        Float pi = read_float("pi.txt")
        Array[String] hosts = read_lines("hosts.txt")
    }

    runtime {
        container: "mpich"
        cpu: 1
        memory: "256 MiB"
        runner: "partisaner"
        runneroptions: object { cluster: "mpich", procs: ranks, nodes: 2 }
    }
}

workflow mpi_pi {
    input {
        File source = "pi.c"
        Int ranks = 8
        Int steps = 40000000
    }

    call Compile {
        input: source
    }

    call Pi {
        input: program = Compile.program, ranks, steps
    }

    output {
        Float pi = Pi.pi
        Array[String] hosts = Pi.hosts
    }
}
