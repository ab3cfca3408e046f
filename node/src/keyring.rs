//! The keys of a new registry or log, one of each role and as many witnesses as the plan says.

use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::registry::Plan;
use crate::statement;
use crate::trust::Party;
use ct_keys::{KeyFile, KeyId, Role};
use std::num::NonZeroU32;
use std::path::Path;

/// One key of each role.
pub(crate) struct Keyring {
    pub(crate) root: KeyFile,
    pub(crate) log: KeyFile,
    issuer: KeyFile,
    status: KeyFile,
    pub(crate) witnesses: Vec<KeyFile>,
}

impl Keyring {
    pub(crate) fn generate(plan: &Plan, entropy: &mut Entropy) -> Result<Self> {
        let issuer = &plan.trust.issuer;
        let keys = Self {
            root: Self::one(Role::Root, &format!("{issuer}/root"), &entropy.bytes())?,
            log: Self::one(Role::Log, &plan.origin, &entropy.bytes())?,
            issuer: Self::one(Role::Issuer, issuer, &entropy.bytes())?,
            status: Self::one(Role::Status, &format!("{issuer}/status"), &entropy.bytes())?,
            witnesses: (1..=plan.witnesses)
                .map(|number| Self::one(Role::Witness, &format!("{}/witness-{number}", plan.origin), &entropy.bytes()))
                .collect::<Result<_>>()?,
        };
        statement::kid(keys.root.id())?;
        statement::kid(keys.issuer.id())?;
        statement::kid(keys.status.id())?;
        Ok(keys)
    }

    pub(crate) fn one(role: Role, name: &str, entropy: &[u8; 32]) -> Result<KeyFile> {
        let id = KeyId::new(name, NonZeroU32::MIN).map_err(|error| {
            let next = "use visible ASCII characters without + and #";
            Error::refused(error, name, "is no name for a key", next)
        })?;
        Ok(KeyFile::generate(role, id, entropy))
    }

    pub(crate) fn party(&self) -> Party<'_> {
        Party {
            root: &self.root,
            log: &self.log,
            witnesses: &self.witnesses,
            issuer: &self.issuer,
            status: &self.status,
        }
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<()> {
        for (key, name) in [(&self.root, "root"), (&self.issuer, "issuer"), (&self.status, "status")] {
            key.write_new(&dir.join(format!("{name}.pem")))?;
            key.public().write_new(&dir.join(format!("{name}.pub.pem")))?;
        }
        let witnesses = (1..).zip(&self.witnesses).map(|(number, key)| (key, format!("witness-{number}")));
        for (key, name) in std::iter::once((&self.log, "log".to_owned())).chain(witnesses) {
            key.write_new(&dir.join(format!("{name}.pem")))?;
            key.public().write_vkey_new(&dir.join(format!("{name}.vkey")))?;
        }
        Ok(())
    }
}
