/* heat SIDE STEPS WEIGHT NAME: a square plate of SIDE x SIDE cells whose upper edge is held at 100 degrees and whose other edges are
   held at 0, after STEPS of Jacobi's method. Each rank has inner rows in proportion to its WEIGHT; neighbours swap their border rows.
   A cell's value does not depend on which rank has it, so the result is the same to the last bit for any number of ranks.

   Rank 0 writes centre.txt, heat.txt (the sum of all cells, row by row) and ranks.txt ("NAME: N rows", a line for each rank). */

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 32 };
static const double HOT = 100;

static void *must(void *memory) {
  if (!memory) MPI_Abort(MPI_COMM_WORLD, 1);
  return memory;
}

static FILE *create(const char *name) { return must(fopen(name, "w")); }

static void must_close(FILE *file) {
  if (fclose(file)) MPI_Abort(MPI_COMM_WORLD, 1);
}

/* The first row of each rank and, last, the row after all; rows are counted from 1, row 0 being the hot edge. */
static void share_rows(const int *weights, int size, int rows, int *first) {
  long sum = 0, passed = 0;
  for (int rank = 0; rank < size; rank++) sum += weights[rank];
  for (int rank = 0; rank <= size; rank++) {
    first[rank] = 1 + (int)(rows * passed / sum);
    if (rank < size) passed += weights[rank];
  }
}

/* Swaps border rows with the ranks above and below. */
static void swap_borders(double *rows, int own, int side, int above, int below) {
  MPI_Sendrecv(rows + side, side, MPI_DOUBLE, above, 0, rows + (size_t)(own + 1) * side, side, MPI_DOUBLE, below, 0, MPI_COMM_WORLD,
               MPI_STATUS_IGNORE);
  MPI_Sendrecv(rows + (size_t)own * side, side, MPI_DOUBLE, below, 1, rows, side, MPI_DOUBLE, above, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void step(const double *old, double *new, int own, int side) {
#pragma omp parallel for
  for (int row = 1; row <= own; row++)
    for (int column = 1; column < side - 1; column++) {
      const double *cell = old + (size_t)row * side + column;
      new[(size_t)row * side + column] = 0.25 * (cell[-side] + cell[side] + cell[-1] + cell[1]);
    }
}

static void write_results(const double *inner, const int *first, const char *names, int size, int side) {
  double heat = HOT * side;
  for (long cell = 0; cell < (long)(side - 2) * side; cell++) heat += inner[cell];
  FILE *file = create("centre.txt");
  fprintf(file, "%.17g\n", inner[(size_t)(side / 2 - 1) * side + side / 2]);
  must_close(file);
  file = create("heat.txt");
  fprintf(file, "%.17g\n", heat);
  must_close(file);
  file = create("ranks.txt");
  for (int rank = 0; rank < size; rank++) fprintf(file, "%s: %d rows\n", names + rank * NAME, first[rank + 1] - first[rank]);
  must_close(file);
}

int main(int argc, char **argv) {
  int rank, size;
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (argc != 5 || atoi(argv[1]) < 3 || atoi(argv[3]) < 1) MPI_Abort(MPI_COMM_WORLD, 2);
  int side = atoi(argv[1]), steps = atoi(argv[2]), weight = atoi(argv[3]);

  int *weights = must(calloc(size, sizeof *weights)), *first = must(calloc(size + 1, sizeof *first));
  MPI_Allgather(&weight, 1, MPI_INT, weights, 1, MPI_INT, MPI_COMM_WORLD);
  share_rows(weights, size, side - 2, first);
  int own = first[rank + 1] - first[rank];
  if (own < 1) MPI_Abort(MPI_COMM_WORLD, 2);

  double *old = must(calloc((size_t)(own + 2) * side, sizeof *old)), *new = must(calloc((size_t)(own + 2) * side, sizeof *new));
  if (rank == 0)
    for (int column = 0; column < side; column++) old[column] = new[column] = HOT;
  int above = rank > 0 ? rank - 1 : MPI_PROC_NULL, below = rank < size - 1 ? rank + 1 : MPI_PROC_NULL;
  for (int done = 0; done < steps; done++) {
    swap_borders(old, own, side, above, below);
    step(old, new, own, side);
    double *last = old;
    old = new, new = last;
  }

  int *counts = must(calloc(size, sizeof *counts)), *offsets = must(calloc(size, sizeof *offsets));
  for (int other = 0; other < size; other++) {
    counts[other] = (first[other + 1] - first[other]) * side;
    offsets[other] = (first[other] - 1) * side;
  }
  double *inner = rank == 0 ? must(calloc((size_t)(side - 2) * side, sizeof *inner)) : NULL;
  MPI_Gatherv(old + side, own * side, MPI_DOUBLE, inner, counts, offsets, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  char name[NAME] = "", *names = rank == 0 ? must(calloc(size, NAME)) : NULL;
  strncpy(name, argv[4], NAME - 1);
  MPI_Gather(name, NAME, MPI_CHAR, names, NAME, MPI_CHAR, 0, MPI_COMM_WORLD);
  if (rank == 0) write_results(inner, first, names, size, side);
  MPI_Finalize();
  return 0;
}
