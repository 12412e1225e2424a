/* mpi WHAT: says `ready` when all ranks have talked to each other. `exit`: then rank 1 exits with 3 while the others wait for it;
 * `wait`: they talk for ever. */
#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int rank, size, one = 1, sum = 0;
    struct timespec now;
    const char *what = argc > 1 ? argv[1] : "";
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
    clock_gettime(CLOCK_REALTIME, &now);
    printf("ready %ld: rank %d of %d, sum %d\n", (long)(now.tv_sec * 1000 + now.tv_nsec / 1000000), rank, size, sum);
    fflush(stdout);
    if (strcmp(what, "exit") == 0 && rank == 1) {
        fputs("no data for part 1\n", stderr);
        _exit(3);
    }
    for (;;) {
        MPI_Barrier(MPI_COMM_WORLD);
        usleep(200000);
    }
}
