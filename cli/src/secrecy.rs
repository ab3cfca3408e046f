//! Keeping the memory of a command that handles private keys from other programs, on Linux.

pub(crate) use here::keep_memory;

#[cfg(target_os = "linux")]
mod here {
    use crate::output;
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

    /// No core dump, and no way into this process's memory for other programs of the same user.
    pub(crate) fn keep_memory() {
        let no_core = Rlimit { current: Some(0), maximum: Some(0) };
        let kept =
            setrlimit(Resource::Core, no_core).and_then(|()| set_dumpable_behavior(DumpableBehavior::NotDumpable));
        if let Err(error) = kept {
            output::remark(&format!("other programs of yours could read the key from memory: {error}"));
        }
    }
}

/// Other systems have other ways, or none.
#[cfg(not(target_os = "linux"))]
mod here {
    pub(crate) const fn keep_memory() {}
}
