//! How large a file that is given away may be.

use anyhow::{Result, ensure};

/// What is promised about a file's size, and what it was when somebody last looked at it.
pub(crate) struct Size {
    /// What people call the file.
    pub(crate) name: &'static str,
    /// At most this many bytes.
    pub(crate) promised: u64,
    /// The size when it was last looked at. Whoever adds much says so by changing this figure.
    pub(crate) recorded: u64,
}

impl Size {
    /// Fails if the file is too large for what is promised, or has grown without anybody having decided so.
    pub(crate) fn check(&self, bytes: u64) -> Result<()> {
        let Self { name, promised, recorded } = self;
        let share = u128::from(bytes) * 1000 / u128::from(*recorded);
        println!("{name}: {bytes} bytes, {}.{} % of what is recorded, at most {promised}", share / 10, share % 10);
        ensure!(bytes <= *promised, "{name} has {bytes} bytes, at most {promised} are promised");
        ensure!(
            u128::from(bytes) * 10 <= u128::from(*recorded) * 11,
            "{name} has {bytes} bytes, more than a tenth over the recorded {recorded}; find out why, or record it anew"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_a_tenth_or_the_promise_is_an_error() {
        let size = Size { name: "ct", promised: 150, recorded: 100 };
        size.check(1).unwrap();
        size.check(110).unwrap();
        let error = size.check(111).unwrap_err();
        assert!(error.to_string().contains("record it anew"), "{error}");
        let size = Size { name: "ct", promised: 105, recorded: 100 };
        size.check(105).unwrap();
        let error = size.check(106).unwrap_err();
        assert!(error.to_string().contains("are promised"), "{error}");
    }
}
