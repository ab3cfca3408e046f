//! Linux: seccomp for system calls, Landlock for files.
//!
//! The two cover each other: Landlock does not stop UDP, which seccomp does; seccomp cannot tell one path from another,
//! which Landlock does.

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, Scope, make_bitflags,
};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Denies the calls of [`DENIED`] to this thread and all that it will start.
pub(super) fn restrict_calls() -> Result<(), String> {
    for filter in [filter(), threads_filter()] {
        let filter = filter.map_err(|error| format!("connections: {error}"))?;
        seccompiler::apply_filter(&filter).map_err(|error| format!("connections: {error} (seccomp)"))?;
    }
    Ok(())
}

/// Denies every file but those named to this thread and all that it will start.
pub(super) fn restrict_files(reads: &[PathBuf], writes: &[PathBuf], terminals: &[PathBuf]) -> Result<(), String> {
    let outcome = || -> Result<RulesetStatus, landlock::RulesetError> {
        // Kernels that know less enforce what they know.
        let mut ruleset = Ruleset::default()
            .handle_access(AccessFs::from_all(KNOWN))?
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()?;
        for (path, access) in rules(reads, writes, terminals) {
            // A path that cannot be opened stays denied, and whoever reads it is told why it cannot be read.
            if let Ok(opened) = PathFd::new(&path) {
                ruleset = ruleset.add_rule(PathBeneath::new(opened, access))?;
            }
        }
        Ok(ruleset.restrict_self()?.ruleset)
    };
    match outcome() {
        Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced) => Ok(()),
        Ok(RulesetStatus::NotEnforced) => Err("files: this kernel has no Landlock".to_owned()),
        Err(error) => Err(format!("files: {error} (Landlock)")),
    }
}

fn rules(reads: &[PathBuf], writes: &[PathBuf], terminals: &[PathBuf]) -> Vec<(PathBuf, BitFlags<AccessFs>)> {
    let read = |path: &PathBuf| {
        let access = if path.is_dir() { READ_FOLDER } else { AccessFs::ReadFile.into() };
        (path.clone(), access)
    };
    let write = |path: &PathBuf| (path.clone(), WRITE_FOLDER);
    let ask = |path: &PathBuf| (path.clone(), ASK);
    // The standard library opens it where a standard stream is closed.
    let null = Path::new("/dev/null").to_owned();
    reads
        .iter()
        .map(read)
        .chain(writes.iter().map(write))
        .chain(terminals.iter().map(ask))
        .chain([(null, AccessFs::ReadFile | AccessFs::WriteFile)])
        .collect()
}

fn filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for call in DENIED.iter().chain(DENIED_HERE) {
        rules.insert(*call, Vec::new());
    }
    // With these a program could type into the terminal that it runs in.
    let typing = [TIOCSTI, TIOCLINUX].map(|request| {
        let is_it = SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, request)?;
        SeccompRule::new(vec![is_it])
    });
    rules.insert(libc::SYS_ioctl, typing.into_iter().collect::<Result<_, _>>()?);
    // Threads are started, namespaces are not: in one of its own a process has rights that it gave up.
    let namespaces = NAMESPACES.map(|flag| {
        let has_it = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(flag), flag)?;
        SeccompRule::new(vec![has_it])
    });
    rules.insert(libc::SYS_clone, namespaces.into_iter().collect::<Result<_, _>>()?);
    // Its own limits may be asked for, those of others not.
    let other = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![SeccompRule::new(vec![other])?]);
    for call in X32.clone().chain(rules.keys().copied().filter(|call| *call < X32.start).collect::<Vec<_>>()) {
        if architecture == TargetArch::x86_64 {
            rules.insert(call | X32_BIT, Vec::new());
        }
    }
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, denied, architecture)?.try_into()
}

/// What `clone3` is asked for lies in memory, where no filter sees it. C libraries use `clone` where it does not exist.
fn threads_filter() -> Result<BpfProgram, seccompiler::BackendError> {
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    let unknown = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, SeccompAction::Allow, unknown, architecture)?.try_into()
}

/// Flags of `clone` (`linux/sched.h`): new time, mount, cgroup, host name, message, user, process and network namespaces.
const NAMESPACES: [u64; 8] =
    [0x80, 0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000];

/// The newest interface of Landlock whose rights this program knows.
const KNOWN: ABI = ABI::V6;

const READ_FOLDER: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});

const WRITE_FOLDER: BitFlags<AccessFs> =
    make_bitflags!(AccessFs::{ReadFile | ReadDir | WriteFile | Truncate | MakeReg | RemoveFile});

/// With its settings, to show nothing of the answer.
const ASK: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | WriteFile | IoctlDev});

/// The second numbering of system calls on x86-64: the same numbers with a bit set, and a range of its own.
const X32_BIT: i64 = 0x4000_0000;
const X32: std::ops::Range<i64> = 512..548;

/// Requests to a terminal (`asm-generic/ioctls.h`): put a character into its input, paste the selection into it.
const TIOCSTI: u64 = 0x5412;
const TIOCLINUX: u64 = 0x541c;

/// What no command of this program does. Connections first; then ways to start, trace or reach into other programs, to
/// get at files past their paths, to talk to other processes, and to change the system.
const DENIED: &[i64] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_sendmmsg,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    libc::SYS_setsockopt,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_setup,
    libc::SYS_io_submit,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_process_madvise,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pidfd_send_signal,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_mq_open,
    libc::SYS_msgget,
    libc::SYS_msgsnd,
    libc::SYS_msgrcv,
    libc::SYS_msgctl,
    libc::SYS_semget,
    libc::SYS_semop,
    libc::SYS_semtimedop,
    libc::SYS_semctl,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_shmctl,
    libc::SYS_truncate,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_inotify_init1,
    libc::SYS_fanotify_init,
    libc::SYS_setpriority,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setscheduler,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_clock_settime,
    libc::SYS_settimeofday,
    libc::SYS_adjtimex,
    libc::SYS_clock_adjtime,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
];

/// Calls that only some machines have.
#[cfg(target_arch = "x86_64")]
const DENIED_HERE: &[i64] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_iopl,
    libc::SYS_ioperm,
    libc::SYS_kexec_file_load,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
    libc::SYS_inotify_init,
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_HERE: &[i64] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel would do about a system call: the filter, run by hand (`linux/filter.h`, `linux/seccomp.h`).
    fn decide(architecture: u32, call: u32, second_argument: u32) -> u32 {
        run(architecture, call, [0, u64::from(second_argument)])
    }

    fn decide_first(architecture: u32, call: u32, argument: u64) -> u32 {
        run(architecture, call, [argument, 0])
    }

    fn run(architecture: u32, call: u32, arguments: [u64; 2]) -> u32 {
        let word = |argument: u64, high: bool| {
            u32::try_from(if high { argument >> 32 } else { argument & 0xffff_ffff }).unwrap()
        };
        let program = filter().unwrap();
        let (mut at, mut accumulator) = (0, 0);
        loop {
            let step = &program[at];
            at += 1;
            let jump = |holds: bool| usize::from(if holds { step.jt } else { step.jf });
            match step.code {
                // Load a word of the call's data: number, architecture, then two words for each argument.
                0x20 => {
                    accumulator = match step.k {
                        0 => call,
                        4 => architecture,
                        16 => word(arguments[0], false),
                        20 => word(arguments[0], true),
                        24 => word(arguments[1], false),
                        28 => word(arguments[1], true),
                        _ => 0,
                    }
                }
                0x05 => at += usize::try_from(step.k).unwrap(),
                0x54 => accumulator &= step.k,
                0x15 => at += jump(accumulator == step.k),
                0x25 => at += jump(accumulator > step.k),
                0x35 => at += jump(accumulator >= step.k),
                0x06 => return step.k,
                other => panic!("an instruction that this test does not know: {other:#x}"),
            }
        }
    }

    const HERE: u32 = if cfg!(target_arch = "x86_64") { 0xc000_003e } else { 0xc000_00b7 };
    const ALLOW: u32 = 0x7fff_0000;
    const DENY: u32 = 0x0005_0001;
    const KILL: u32 = 0x8000_0000;

    fn number(call: i64) -> u32 {
        u32::try_from(call).unwrap()
    }

    // R19.3
    #[test]
    fn the_filter_denies_what_it_names_and_nothing_that_is_needed() {
        for call in DENIED.iter().chain(DENIED_HERE) {
            assert_eq!(decide(HERE, number(*call), 0), DENY, "{call}");
            assert_eq!(decide(0x4000_0003, number(*call), 0), KILL, "{call}, as a 32-bit program would");
        }
        let needed =
            [libc::SYS_openat, libc::SYS_read, libc::SYS_write, libc::SYS_close, libc::SYS_fsync, libc::SYS_clone];
        for call in needed.into_iter().chain([
            libc::SYS_fchmod,
            libc::SYS_ftruncate,
            libc::SYS_futex,
            libc::SYS_exit_group,
            libc::SYS_mmap,
        ]) {
            assert_eq!(decide(HERE, number(call), 0), ALLOW, "{call}");
        }
        assert!(filter().unwrap().len() < 4_096, "the kernel takes no longer one");
    }

    // R19.3
    #[test]
    fn threads_can_be_started_and_namespaces_cannot() {
        let first = |call: i64, argument: u64| decide_first(HERE, number(call), argument);
        // What a C library asks for a thread: memory, files, signals and so on shared.
        assert_eq!(first(libc::SYS_clone, 0x3d_0f00), ALLOW);
        for flag in NAMESPACES {
            assert_eq!(first(libc::SYS_clone, 0x3d_0f00 | flag), DENY, "{flag:#x}");
        }
        assert_eq!((first(libc::SYS_prlimit64, 0), first(libc::SYS_prlimit64, 1)), (ALLOW, DENY));
    }

    // R19.3
    #[test]
    fn a_terminal_can_be_asked_for_its_width_but_not_typed_into() {
        let ioctl = |request: u64| decide(HERE, number(libc::SYS_ioctl), u32::try_from(request).unwrap());
        assert_eq!((ioctl(TIOCSTI), ioctl(TIOCLINUX), ioctl(0x5413)), (DENY, DENY, ALLOW));
    }

    // R19.3: x86-64 has every call a second time, under other numbers.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_second_numbering_is_no_way_around() {
        for call in DENIED.iter().chain(DENIED_HERE).copied().chain(X32).chain([libc::SYS_ioctl]) {
            assert_eq!(decide(HERE, number(call | X32_BIT), 0), DENY, "{call}");
        }
    }

    #[test]
    fn a_folder_is_read_as_a_folder_and_a_file_as_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        let rules = rules(&[folders[0].clone(), "/no/such/file".into()], &folders, &["/dev/tty".into()]);
        let accesses: Vec<_> = rules.iter().map(|(_, access)| *access).collect();
        let null = AccessFs::ReadFile | AccessFs::WriteFile;
        assert_eq!(accesses, [READ_FOLDER, AccessFs::ReadFile.into(), WRITE_FOLDER, ASK, null]);
    }
}
