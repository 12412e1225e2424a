"""check.py OUTPUTS.json: whether the outputs of mpi-heat are right, to the last bit: the same plate is computed here, by one process.
A line for each, `ok - ` or `not ok - `."""

import json
import pathlib
import sys

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


def main():
    outputs = json.loads(pathlib.Path(sys.argv[1]).read_text() or "{}")
    cells = plate()
    heat = HOT * SIDE
    for row in cells[1:-1]:
        for cell in row:
            heat += cell
    expected = {
        "centre": cells[SIDE // 2][SIDE // 2],
        "heat": heat,
        "ranks": ["wide: 25 rows", "narrow: 13 rows", "narrow: 13 rows", "narrow: 13 rows"],
    }
    results = {name: outputs.get(f"mpi_heat.{name}") == value for name, value in expected.items()}
    for name, is_right in results.items():
        print(f"{'ok' if is_right else 'not ok'} - mpi_heat.{name} = {outputs.get(f'mpi_heat.{name}')}, expected {expected[name]}")
    sys.exit(0 if all(results.values()) else 1)


if __name__ == "__main__":
    main()
