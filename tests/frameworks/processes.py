"""What a run has on this machine: all nodes of the test cluster are on it. Read from /proc, so that nothing has to be asked."""

import pathlib
import re

PROC = pathlib.Path("/proc")


def of_folder(folder):
    """Numbers and variables of the processes that name a folder in their command line or environment."""
    found = {}
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:
            continue  # It has ended.
        if any(str(folder).encode() in part for part in text):
            found[int(entry.name)] = (text[0].replace(b"\0", b" ").decode(errors="replace"), variables(text[1]))
    return found


def variables(environ):
    """None where the process has written over them, as Ray's do with their titles: what is left then may be any part."""
    pairs = [pair.split("=", 1) for pair in environ.decode(errors="replace").removesuffix("\0").split("\0")]
    return dict(pairs) if all(len(pair) == 2 for pair in pairs) else {}


def in_container(folder, role, rank):
    """The processes of one process of a role, those within its container: the ones that a program itself would have."""
    wanted = {"SLUICE_ROLE": role, "SLUICE_RANK": rank}
    found = of_folder(folder).items()
    return [pid for pid, (_, own) in found if "APPTAINER_CONTAINER" in own and wanted.items() <= own.items()]


def listening_of(pids):
    """Port and inode of each socket on which any of the processes listens: another's socket may have the port later, but never that inode."""
    sockets = set()
    for pid in pids:
        try:
            sockets.update(link.readlink().name for link in (PROC / str(pid) / "fd").iterdir() if link.is_symlink())
        except OSError:
            continue
    return {(port, inode) for port, inode in listening() if f"socket:[{inode}]" in sockets}


def listening():
    """Port and inode of every socket of this machine that listens."""
    for name in ["tcp", "tcp6"]:
        for line in (PROC / "net" / name).read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A":
                yield int(words[1].rsplit(":", 1)[1], 16), words[9]


def mounts(folder):
    """Mounts, and images attached to loop devices, that are below a folder."""
    lines = (PROC / "mounts").read_text().splitlines()
    for file in pathlib.Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            lines.append(file.read_text().strip())
        except OSError:
            continue
    return [line for line in lines if str(folder) in line]


def secrets(folder):
    """Long words, as keys are, in the folders that only their owner may read."""
    words = set()
    for path in folder.glob("**/private/**/*"):
        try:
            if path.is_file():
                words.update(re.findall(r"[0-9A-Za-z+=_]{32,}", path.read_text(errors="replace")))
        except OSError:
            continue
    return words
