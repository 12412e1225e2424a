version 1.1
# A heated plate over ranks of two sizes. See README.md.

task Compile {
    input {
        File source
    }

    command <<<
        mpicc.mpich -O2 -Wall -ffp-contract=off -fopenmp -o program "~{source}"
    >>>

    output {
        File program = "program"
    }

    runtime {
        container: "mpich"
        memory: "256 MiB"
    }
}

task Heat {
    input {
        File program
        Int side
        Int steps
    }

    command <<<
        export OMP_NUM_THREADS=$SLUICE_CPUS
        "~{program}" ~{side} ~{steps} "$SLUICE_CPUS" "$SLUICE_ROLE"
    >>>

    output {
        Float centre = read_float("centre.txt")
        Float heat = read_float("heat.txt")
        Array[String] ranks = read_lines("ranks.txt")
    }

    runtime {
        container: "mpich"
        runner: "partisaner"
        runneroptions: object {
            cluster: "mpich",
            roles: [
                object { name: "wide", procs: 1, cpu: 2, memory: "512 MiB" },
                object { name: "narrow", procs: 3, cpu: 1, memory: "256 MiB" }
            ]
        }
    }
}

workflow mpi_heat {
    input {
        File source = "heat.c"
        Int side = 66
        Int steps = 100
    }

    call Compile {
        input: source
    }

    call Heat {
        input: program = Compile.program, side, steps
    }

    output {
        Float centre = Heat.centre
        Float heat = Heat.heat
        Array[String] ranks = Heat.ranks
    }
}
