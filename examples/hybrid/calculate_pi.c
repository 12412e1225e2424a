/* calculate-pi steps N: pi by numeric integration of 4 / (1 + x^2) over [0, 1], the work shared by all MPI ranks.
 *
 * Every rank reports its own number and the name of its host. Rank 0 writes pi.txt, ranks.json and rank_hosts.json in
 * the working folder; the lists are in the order of the ranks.
 */
#include <errno.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_LENGTH 256

struct report {
    int rank;
    char host[HOST_LENGTH];
};

/* The part of the sum that one rank is responsible for: every size-th step, at the middle of the step. */
static double partial_sum(long steps, int rank, int size)
{
    double width = 1.0 / (double)steps, sum = 0.0;
    for (long i = rank; i < steps; i += size) {
        double x = width * ((double)i + 0.5);
        sum += 4.0 / (1.0 + x * x);
    }
    return sum * width;
}

static FILE *create(const char *name)
{
    FILE *file = fopen(name, "w");
    if (file == NULL) {
        fprintf(stderr, "calculate-pi: cannot write %s: %s\n", name, strerror(errno));
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return file;
}

static void close_written(FILE *file, const char *name)
{
    if (ferror(file) != 0 || fclose(file) != 0) {
        fprintf(stderr, "calculate-pi: cannot write %s\n", name);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
}

static void write_results(double pi, const struct report *reports, int size)
{
    FILE *file = create("pi.txt");
    fprintf(file, "%.12f\n", pi);
    close_written(file, "pi.txt");

    file = create("ranks.json");
    for (int i = 0; i < size; i++)
        fprintf(file, "%s%d", i == 0 ? "[" : ", ", reports[i].rank);
    fputs("]\n", file);
    close_written(file, "ranks.json");

    file = create("rank_hosts.json");
    for (int i = 0; i < size; i++)
        fprintf(file, "%s\"%s\"", i == 0 ? "[" : ", ", reports[i].host);
    fputs("]\n", file);
    close_written(file, "rank_hosts.json");
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    long steps = argc == 3 && strcmp(argv[1], "steps") == 0 ? strtol(argv[2], NULL, 10) : 0;
    struct report mine = {0};
    int size;
    MPI_Comm_rank(MPI_COMM_WORLD, &mine.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    gethostname(mine.host, HOST_LENGTH - 1);
    if (steps < 1) {
        if (mine.rank == 0)
            fputs("usage: calculate-pi steps N\n", stderr);
        MPI_Finalize();
        return 2;
    }

    double part = partial_sum(steps, mine.rank, size), pi = 0.0;
    MPI_Reduce(&part, &pi, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);

    /* The reports travel as bytes: all ranks run the same program. */
    struct report *all = mine.rank == 0 ? calloc((size_t)size, sizeof *all) : NULL;
    if (mine.rank == 0 && all == NULL)
        MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Gather(&mine, sizeof mine, MPI_BYTE, all, sizeof mine, MPI_BYTE, 0, MPI_COMM_WORLD);
    printf("rank %d of %d on %s\n", mine.rank, size, mine.host);
    if (mine.rank == 0)
        write_results(pi, all, size);
    free(all);
    MPI_Finalize();
    return 0;
}
