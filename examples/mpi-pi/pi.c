/* pi STEPS: the integral of 4 / (1 + x^2) from 0 to 1 by the midpoint rule, its steps shared by all ranks.
   Rank 0 writes pi.txt and hosts.txt (the host of each rank, a line each). */

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HOST = 64 };

int main(int argc, char **argv) {
  int rank, size;
  double own = 0, pi = 0;
  char host[HOST] = "", *hosts = NULL;
  long steps = argc > 1 ? atol(argv[1]) : 1000000;

  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  for (long step = rank; step < steps; step += size) {
    double x = (step + 0.5) / steps;
    own += 4 / (1 + x * x);
  }
  MPI_Reduce(&own, &pi, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
  gethostname(host, HOST - 1);
  if (rank == 0) hosts = malloc((size_t)size * HOST);
  MPI_Gather(host, HOST, MPI_CHAR, hosts, HOST, MPI_CHAR, 0, MPI_COMM_WORLD);

  if (rank == 0) {
    FILE *file = fopen("pi.txt", "w");
    if (!file || fprintf(file, "%.12f\n", pi / steps) < 0 || fclose(file)) MPI_Abort(MPI_COMM_WORLD, 1);
    file = fopen("hosts.txt", "w");
    if (!file) MPI_Abort(MPI_COMM_WORLD, 1);
    for (int other = 0; other < size; other++) fprintf(file, "%s\n", hosts + other * HOST);
    if (fclose(file)) MPI_Abort(MPI_COMM_WORLD, 1);
    free(hosts);
  }
  MPI_Finalize();
  return 0;
}
