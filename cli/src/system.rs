//! What differs between Unix and other systems: the flags of opening a file, its kinds and modes, and what a path is.
//!
//! Where there are no such flags, `ct` does without them: they are for folders that others can write to, on systems
//! that have pipes and links in them. Private keys need file modes; see `ct_keys`.

pub(crate) use here::{
    for_owner, is_symlink_loop, let_everybody_read, odd_kind, path, sync_folder, without_following, without_waiting,
};

#[cfg(unix)]
mod here {
    use std::fs::{File, FileType, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    /// The path that these bytes are.
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
    pub(crate) fn path(bytes: &[u8]) -> Option<&Path> {
        Some(Path::new(std::ffi::OsStr::from_bytes(bytes)))
    }

    /// Opening does not wait for the other end of a pipe.
    pub(crate) fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
        options.custom_flags(libc::O_NONBLOCK)
    }

    /// Opening neither waits nor follows a symbolic link.
    pub(crate) fn without_following(options: &mut OpenOptions) -> &mut OpenOptions {
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
    }

    /// What is made by opening is its owner's alone.
    pub(crate) fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600)
    }

    /// What it is, if it is neither a file nor a folder.
    pub(crate) fn odd_kind(kind: FileType) -> &'static str {
        match kind {
            _ if kind.is_fifo() => "a pipe",
            _ if kind.is_char_device() || kind.is_block_device() => "a device",
            _ if kind.is_socket() => "a socket",
            _ => "not a regular file",
        }
    }

    pub(crate) fn let_everybody_read(file: &File) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(0o644))
    }

    /// What was renamed into the folder is there after a crash too.
    pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    pub(crate) fn is_symlink_loop(error: &io::Error) -> bool {
        error.raw_os_error() == Some(libc::ELOOP)
    }
}

#[cfg(not(unix))]
mod here {
    use std::fs::{File, FileType, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(crate) fn path(bytes: &[u8]) -> Option<&Path> {
        std::str::from_utf8(bytes).ok().map(Path::new)
    }

    pub(crate) fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(crate) fn without_following(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(crate) fn for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub(crate) fn odd_kind(_: FileType) -> &'static str {
        "not a regular file"
    }

    /// A new file can be read by whoever can read its folder.
    #[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    pub(crate) fn let_everybody_read(_: &File) -> io::Result<()> {
        Ok(())
    }

    /// A folder cannot be opened here; the file itself is on disk.
    #[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
    pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn is_symlink_loop(_: &io::Error) -> bool {
        false
    }
}
