"""Launcher of the embedded PostgreSQL: a process that sheds our privileges, and then becomes the server."""

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000  # <linux/sched.h>
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
UNPRIVILEGED = ("postgres", "nobody")  # one of them stands in for root; both are there on nearly every system


def step_down(libc: ctypes.CDLL, data_dir: Path) -> None:
    """Stop being root, for good. A folder that somebody else owns is served as its owner, and so stays theirs."""
    folder = data_dir.stat()
    if folder.st_uid != 0:
        become(folder.st_uid, folder.st_gid, data_dir)
        return
    known = {user.pw_name: user for user in pwd.getpwall()}
    stand_in = next(known[name] for name in UNPRIVILEGED if name in known)
    if not enter_user_namespace(libc, stand_in):
        become(stand_in.pw_uid, stand_in.pw_gid, data_dir)


def enter_user_namespace(libc: ctypes.CDLL, inside: pwd.struct_passwd) -> bool:
    """Be this user in a namespace of our own, root's files staying ours; False where that is not allowed.

    Not a made-up id, for initdb wants to know its user's name.
    """
    if sys.platform != "linux" or libc.unshare(CLONE_NEWUSER) != 0:
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside.pw_uid} 0 1")
    Path("/proc/self/gid_map").write_text(f"{inside.pw_gid} 0 1")
    return True


def become(uid: int, gid: int, data_dir: Path) -> None:
    """Hand the data folder to this user, and be them."""
    for path in (data_dir, *data_dir.rglob("*")):
        os.lchown(path, uid, gid)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def end_with_parent(libc: ctypes.CDLL, parent: int) -> None:
    """Be interrupted when the thread that started us ends, however it ends (Linux only, see prctl(2)).

    To be called last: a change of user clears it.
    """
    if sys.platform != "linux":
        return
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit("the process that wanted this server is gone")


def main(parent: str, data_dir: str, program: str, *arguments: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0:
        step_down(libc, Path(data_dir))
    end_with_parent(libc, int(parent))
    os.execv(program, [program, *arguments])  # noqa: S606  (no shell is the point)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, StopIteration) as fault:
        sys.exit(f"{sys.argv[3]} cannot be started: {fault!r}")
