task wordcount {
  File text
  Int workers
  Boolean keep = false

  command {
    spark-submit --master $MASTER count.py ${text} ${true="--keep" false="" keep}
  }

  runtime {
    docker: "spark:3.5"
    runner: "partisaner"
    runneroptions: {
      "cluster": "spark",
      "abortonfail": "true",
      "starttimeout": 120,
      "roles": [
        {"name": "driver", "cpu": 1, "memory": "2 GiB"},
        {"name": "master"},
        {"name": "worker", "procs": workers, "cpu": 0.5 * 4, "memory": 1024 * 2,},
      ],
    }
    retry: 1
    memtuneratio: "0.5"
    label: "count of ${basename(text)}"
    time: "1-00:00:00"
  }
}
