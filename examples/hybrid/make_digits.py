"""make_digits.py FOLDER [FILES]: writes the handwritten digits that scikit-learn ships as raw CSV files.

Each line is one 8x8 image: its number, the digit it shows, and 64 grey values from 0 to 16. This is what the workflow's
Spark task starts from.
"""

import csv
import pathlib
import sys

from sklearn.datasets import load_digits


def main():
    folder = pathlib.Path(sys.argv[1])
    n_files = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    digits = load_digits()
    folder.mkdir(parents=True, exist_ok=True)
    for file_idx in range(n_files):
        with open(folder / f"digits-{file_idx}.csv", "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "digit", *(f"pixel{i}" for i in range(64))])
            for image_id in range(file_idx, len(digits.target), n_files):
                writer.writerow([image_id, digits.target[image_id], *map(int, digits.data[image_id])])


if __name__ == "__main__":
    main()
