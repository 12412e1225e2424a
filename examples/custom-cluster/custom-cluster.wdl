version 1.0

# Sums up the numbers from 0 on, 100,000 a task, on a cluster of a kind that the site adds: its server and its workers are in site.toml, and this is the driver.
task SumUp {
  input {
    Int n = 100
    Int workers = 2
  }
  command <<<
    cat >driver.py <<'PROGRAM'
    import os, sys
    sys.path.insert(0, os.path.dirname(os.environ["TASKQUEUE_PROGRAM"]))
    from taskqueue import connect
    tasks, results = connect()
    for number in range(~{n}):
        tasks.put((number, "sum(k for k in range(%d, %d))" % (number * 100000, (number + 1) * 100000)))
    answers = [results.get() for _ in range(~{n})]
    print(sum(value for _, value, _ in answers))
    with open("workers", "w") as file:
        file.write("\n".join(sorted({worker for _, _, worker in answers})) + "\n")
    PROGRAM
    PYTHONDONTWRITEBYTECODE=1 python3 driver.py
  >>>
  output {
    Int sum = read_int(stdout())
    Array[String] who_worked = read_lines("workers")
  }
  runtime {
    docker: "base"
    cpu: 1
    memory: "300 MiB"
    runner: "partisaner"
    runneroptions: { cluster: "taskqueue", procs: workers }
  }
}

workflow custom_cluster {
  call SumUp
  output {
    Int sum = SumUp.sum
    Array[String] who_worked = SumUp.who_worked
  }
}
