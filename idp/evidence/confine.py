"""Runs another program with everything taken away that painting a document does not need.

`python -I confine.py PROGRAM ARGUMENT…`, started by `idp.evidence.sandbox`. Without a program it prints, one a line,
which of the protections this machine does not offer, for `idp doctor`. It loads none of the provider's code: whoever
takes over the decoder of a hostile file finds nothing here that is not Python's own.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
import sysconfig
from pathlib import Path

MEMORY = 1024**3  # an image at the pixel limit, twice in memory while it is scaled, and the libraries
OUTPUT = 24 * 1024**2
SECONDS = 5
NO_NEW_PRIVS, SET_SECCOMP, FILTER = 38, 22, 2  # prctl(2), seccomp(2)

LIBC = ctypes.CDLL(None, use_errno=True)
# Landlock's calls have the same numbers on every processor (landlock(7)).
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ABI_ASKED, BENEATH = 1, 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3

# The calls by which a taken-over child would reach further; the numbers are those of the processor.
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
FORBIDDEN = {
    # reading or changing another process of the same user: its memory, its limits, its life
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "prlimit64": (302, 261),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "setpriority": (141, 140),
    # the network: the mail relay, the database, another machine
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    # another program or process
    "execve": (59, 221),
    "execveat": (322, 281),
    "fork": (57, None),
    "vfork": (58, None),
    "clone": (56, 220),
    "clone3": (435, 435),
    # changing what lies on the disk, also where Landlock is missing
    "creat": (85, None),
    "truncate": (76, 45),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "utimensat": (280, 88),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    # memory that processes of one user share, and its message queues
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    # parts of the kernel that painting needs nothing of, and that breakouts were made of
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "memfd_secret": (447, 447),
}
OPENING = {"open": (2, None), "openat": (257, 56)}  # allowed for reading only; the flags are argument 1 and 2
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def restrain() -> list[str]:
    """Take it all away, before the first byte of the upload is looked at. Returns what the kernel does not offer."""
    limits = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: OUTPUT,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))  # told at the first, killed at the second
    # No program with the set-user bit gives back what is taken here; both filters below ask for it.
    if LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return ["no_new_privs", "Landlock", "seccomp"]
    return [name for name, act in (("Landlock", close_files), ("seccomp", close_calls)) if not act()]


def readable() -> set[Path]:
    """What the interpreter and the libraries of painting lie in, and the folder of this program with its fonts.

    The keys, the database, the vault, `/proc` and `/etc` with its passwords are in none of them.
    """
    here = Path(__file__).resolve().parent
    python = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    system = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
    wanted = {str(here), *python, *system, sysconfig.get_config_var("LIBDIR") or ""}
    return {Path(each) for each in wanted if each and Path(each).exists()}


def close_files() -> bool:
    """Landlock: read what `readable` names, write nothing, reach no port and no other process. False without it."""
    abi = LIBC.syscall(CREATE_RULESET, None, 0, ABI_ASKED)
    if abi < 1:
        return False
    files = (1 << (13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16)) - 1
    ports = 3 if abi >= 4 else 0  # TCP: bind and connect
    beyond = 3 if abi >= 6 else 0  # abstract sockets and signals of processes outside
    wanted = struct.pack("QQQ", files, ports, beyond)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = LIBC.syscall(CREATE_RULESET, wanted, len(wanted), 0)
    if ruleset < 0:
        return False
    for path in readable():
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = READ_FILE | READ_DIR if path.is_dir() else READ_FILE
        added = LIBC.syscall(ADD_RULE, ruleset, BENEATH, struct.pack("=Qi", rights, opened), 0)
        os.close(opened)
        if added != 0:
            return False
    closed = LIBC.syscall(RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return closed


def close_calls() -> bool:
    """seccomp: the calls of `FORBIDDEN`, opening for writing, and those of another processor fail. False without it."""
    if platform.machine() not in MACHINES:
        return False
    program = calls_filter(*MACHINES[platform.machine()])
    held = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: how many instructions, and where they are
    instructions = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    return bool(LIBC.prctl(SET_SECCOMP, FILTER, instructions, 0, 0) == 0)


def calls_filter(architecture: int, column: int) -> bytes:
    """The filter as a program of the kernel's packet filter (seccomp(2)): 8 bytes an instruction."""
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, kill = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # 1 is EPERM

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    # Numbers mean other calls on another architecture, and from 0x40000000 on (x32): neither has any business here.
    steps = [step(load, 4), step(equal, architecture, 1, 0), step(answer, kill)]
    steps += [step(load, 0), step(at_least, 0x40000000, 0, 1), step(answer, kill)]
    for numbers in FORBIDDEN.values():
        if (number := numbers[column]) is not None:
            steps += [step(equal, number, 0, 1), step(answer, refuse)]
    for argument, numbers in enumerate(OPENING.values(), start=1):
        if (number := numbers[column]) is not None:
            steps += [
                step(equal, number, 0, 4),
                step(load, 16 + 8 * argument),
                step(any_bit, FOR_WRITING, 0, 1),
                step(answer, refuse),
                step(answer, allow),
            ]
    return b"".join([*steps, step(answer, allow)])


def run(program: Path, arguments: list[str]) -> None:
    """Run a program of ours; it is read before nothing more may be read."""
    code = compile(program.read_bytes(), str(program), "exec")
    restrain()
    sys.argv = [str(program), *arguments]
    exec(code, {"__name__": "__main__", "__file__": str(program)})  # noqa: S102 - the upload decides no letter of it


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.stdout.write("\n".join(restrain()))
    else:
        run(Path(sys.argv[1]), sys.argv[2:])
