"""What the outputs of mpi-heat are, to the last bit, for examples/check: the same plate is computed here, by one process."""

SIDE, STEPS, HOT = 66, 100, 100.0


def plate():
    """The cells after all steps, in the order of operations that heat.c has."""
    old = [[HOT] * SIDE] + [[0.0] * SIDE for _ in range(SIDE - 1)]
    for _ in range(STEPS):
        new = [row[:] for row in old]
        for row in range(1, SIDE - 1):
            up, own, down = old[row - 1], old[row], old[row + 1]
            new[row][1:-1] = [0.25 * (up[c] + down[c] + own[c - 1] + own[c + 1]) for c in range(1, SIDE - 1)]
        old = new
    return old


def heat_of(cells):
    """Cell by cell in order, as heat.c adds them: another order rounds otherwise."""
    heat = HOT * SIDE
    for row in cells[1:-1]:
        for cell in row:
            heat += cell
    return heat


CELLS = plate()
EXPECTED = {
    "mpi_heat.centre": CELLS[SIDE // 2][SIDE // 2],
    "mpi_heat.heat": heat_of(CELLS),
    "mpi_heat.ranks": ["wide: 25 rows", "narrow: 13 rows", "narrow: 13 rows", "narrow: 13 rows"],
}
