//! Encrypted private keys: PKCS#8 (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2), as OpenSSL 3 reads and
//! writes it.

use crate::error::Problem;
use crate::passphrase::Passphrase;
use ct_core::Hash;
use ct_core::limits::{MAX_PBKDF2_ITERATIONS, MAX_SCRYPT_BLOCKS, MAX_SCRYPT_BYTES};
use ed25519_dalek::SigningKey;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params, Pbkdf2Prf, Salt, ScryptParams};
use pkcs8::{DecodePrivateKey, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument, pkcs5};
use std::fmt;
use zeroize::Zeroizing;

/// How the private key of a file is encrypted: with which cipher, and how a passphrase becomes its key.
///
/// Its text is for people, for example `AES-256-CBC, scrypt with N=16384 r=8 p=5`.
#[derive(Clone, PartialEq, Eq)]
pub struct Encryption(Parameters);

impl Encryption {
    /// What one try of a passphrase costs: the iterations of PBKDF2, or N x r x p of scrypt.
    #[must_use]
    pub fn work(&self) -> u64 {
        match &self.0.kdf {
            Kdf::Pbkdf2(kdf) => kdf.iteration_count.into(),
            Kdf::Scrypt(kdf) => scrypt_blocks(kdf),
            _ => u64::MAX,
        }
    }

    /// Somebody else may have prepared the file: what it asks for is judged before anything is derived from it.
    fn of(parameters: Parameters) -> Result<Self, Problem> {
        match &parameters.kdf {
            Kdf::Pbkdf2(kdf) => check_pbkdf2(kdf)?,
            Kdf::Scrypt(kdf) => check_scrypt(kdf)?,
            _ => return Err(UNKNOWN),
        }
        let key_size = u16::try_from(parameters.encryption.key_size()).map_err(|_| UNKNOWN)?;
        if parameters.kdf.key_length().is_some_and(|length| length != key_size) {
            return Err(Problem::Form("its encryption names a key of another length than its cipher has"));
        }
        Ok(Self(parameters))
    }

    /// What this program writes; salt and initialisation vector come from `entropy`.
    fn recommended(entropy: &[u8; 32]) -> Result<Self, Problem> {
        // Salt and vector stand in clear in the file. Hashed, they give nothing away even if a caller passes the bytes
        // that the key itself was made of.
        let hash = Hash::of(&[SALT_CONTEXT, entropy.as_slice()].concat());
        let (salt, iv) = hash.as_bytes().split_at(16);
        let iv = iv.try_into().map_err(|_| CANNOT_ENCRYPT)?;
        let salt = Salt::new(salt).map_err(|_| CANNOT_ENCRYPT)?;
        let kdf = ScryptParams {
            salt,
            cost_parameter: SCRYPT_N,
            block_size: SCRYPT_R,
            parallelization: SCRYPT_P,
            key_length: None,
        };
        Self::of(Parameters { kdf: kdf.into(), encryption: EncryptionScheme::Aes256Cbc { iv } })
    }
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.encryption {
            EncryptionScheme::Aes128Cbc { .. } => "AES-128-CBC",
            EncryptionScheme::Aes192Cbc { .. } => "AES-192-CBC",
            EncryptionScheme::Aes256Cbc { .. } => "AES-256-CBC",
            EncryptionScheme::Aes128Gcm { .. } => "AES-128-GCM",
            EncryptionScheme::Aes256Gcm { .. } => "AES-256-GCM",
            _ => "an unknown cipher",
        })?;
        match &self.0.kdf {
            Kdf::Pbkdf2(kdf) => {
                let prf = match kdf.prf {
                    Pbkdf2Prf::HmacWithSha224 => "SHA-224",
                    Pbkdf2Prf::HmacWithSha256 => "SHA-256",
                    Pbkdf2Prf::HmacWithSha384 => "SHA-384",
                    Pbkdf2Prf::HmacWithSha512 => "SHA-512",
                    _ => "an unknown hash",
                };
                write!(f, ", PBKDF2 with {prf} and {} iterations", kdf.iteration_count)
            }
            Kdf::Scrypt(kdf) => {
                let (n, r, p) = (kdf.cost_parameter, kdf.block_size, kdf.parallelization);
                write!(f, ", scrypt with N={n} r={r} p={p}")
            }
            _ => f.write_str(", an unknown key derivation"),
        }
    }
}

impl fmt::Debug for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encryption({self})")
    }
}

/// A private key that only its passphrase opens.
pub(crate) struct Encrypted {
    encryption: Encryption,
    ciphertext: Vec<u8>,
}

impl Encrypted {
    /// The PEM label of such a key (RFC 7468 section 11).
    pub(crate) const PEM_LABEL: &'static str = "ENCRYPTED PRIVATE KEY";

    /// Reads the DER of an `EncryptedPrivateKeyInfo` whose derivation this program can afford.
    pub(crate) fn parse(der: &[u8]) -> Result<Self, Problem> {
        let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| UNKNOWN)?;
        let pkcs5::EncryptionScheme::Pbes2(parameters) = info.encryption_algorithm else { return Err(UNKNOWN) };
        let ciphertext = info.encrypted_data.as_bytes().to_owned();
        Ok(Self { encryption: Encryption::of(parameters)?, ciphertext })
    }

    pub(crate) const fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    /// The key, if this is its passphrase.
    pub(crate) fn decrypt(&self, passphrase: &Passphrase) -> Result<SigningKey, Problem> {
        let mut buffer = Zeroizing::new(self.ciphertext.clone());
        // The parameters were judged when the file was read, so all that is left to fail is the padding. That, or a
        // clear text that is no key, are what a wrong passphrase looks like; neither says which byte.
        let opened = self.encryption.0.decrypt_in_place(passphrase.as_bytes(), &mut buffer);
        let der = opened.map_err(|_| Problem::WrongPassphrase)?;
        PrivateKeyInfoRef::try_from(der).map_err(|_| Problem::WrongPassphrase)?;
        SigningKey::from_pkcs8_der(der).map_err(|_| Problem::Form("what it has encrypted is not one Ed25519 key"))
    }
}

/// Encrypts a PKCS#8 key; the result is the DER of an `EncryptedPrivateKeyInfo`.
pub(crate) fn encrypt(key: &SecretDocument, with: &Passphrase, entropy: &[u8; 32]) -> Result<SecretDocument, Problem> {
    let Encryption(parameters) = Encryption::recommended(entropy)?;
    let key = key.as_bytes();
    let mut buffer = Zeroizing::new(vec![0; key.len().saturating_add(AES_BLOCK)]);
    buffer.get_mut(..key.len()).ok_or(CANNOT_ENCRYPT)?.copy_from_slice(key);
    let ciphertext = parameters.encrypt_in_place(with.as_bytes(), &mut buffer, key.len());
    let ciphertext = ciphertext.map_err(|_| CANNOT_ENCRYPT)?;
    let encrypted_data = OctetStringRef::new(ciphertext).map_err(|_| CANNOT_ENCRYPT)?;
    let info = EncryptedPrivateKeyInfoRef { encryption_algorithm: parameters.into(), encrypted_data };
    info.try_into().map_err(|_| CANNOT_ENCRYPT)
}

fn check_pbkdf2(kdf: &Pbkdf2Params) -> Result<(), Problem> {
    // RFC 8018 appendix A.2 makes SHA-1 the default that a file need not name.
    if matches!(kdf.prf, Pbkdf2Prf::HmacWithSha1) {
        return Err(Problem::Form("its passphrase is derived with SHA-1; encrypt it again with -v2prf hmacWithSHA256"));
    }
    if kdf.iteration_count == 0 {
        return Err(UNKNOWN);
    }
    if exceeds(u64::from(kdf.iteration_count), MAX_PBKDF2_ITERATIONS) {
        return Err(Problem::TooCostly { what: "iterations of PBKDF2", limit: MAX_PBKDF2_ITERATIONS });
    }
    Ok(())
}

fn check_scrypt(kdf: &ScryptParams) -> Result<(), Problem> {
    // RFC 7914 section 2: N is a power of two larger than 1. The crate below us relies on it.
    let (n, r, p) = (kdf.cost_parameter, u64::from(kdf.block_size), u64::from(kdf.parallelization));
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Err(UNKNOWN);
    }
    // As OpenSSL counts it.
    let bytes = n.saturating_add(2).saturating_add(p).saturating_mul(r).saturating_mul(128);
    if exceeds(bytes, MAX_SCRYPT_BYTES) {
        return Err(Problem::TooCostly { what: "bytes of memory for scrypt", limit: MAX_SCRYPT_BYTES });
    }
    if exceeds(scrypt_blocks(kdf), MAX_SCRYPT_BLOCKS) {
        return Err(Problem::TooCostly { what: "blocks of work for scrypt (N x r x p)", limit: MAX_SCRYPT_BLOCKS });
    }
    Ok(())
}

fn scrypt_blocks(kdf: &ScryptParams) -> u64 {
    kdf.cost_parameter.saturating_mul(kdf.block_size.into()).saturating_mul(kdf.parallelization.into())
}

fn exceeds(value: u64, limit: usize) -> bool {
    usize::try_from(value).map_or(true, |value| value > limit)
}

// N=2^14 and r=8 are the most that OpenSSL 3 reads with its own limit on memory; p makes up for the rest of the work.
const SCRYPT_N: u64 = 1 << 14;
const SCRYPT_R: u16 = 8;
const SCRYPT_P: u16 = 5;
const AES_BLOCK: usize = 16;
const SALT_CONTEXT: &[u8] = b"civictrust key file: salt and initialisation vector\n";
const UNKNOWN: Problem = Problem::Form("it is encrypted in a way that this program does not know");
const CANNOT_ENCRYPT: Problem = Problem::Form("it cannot be encrypted");

#[cfg(test)]
mod tests {
    use super::*;

    const ITERATIONS: u32 = 10_000_000;

    fn scrypt(cost_parameter: u64, block_size: u16, parallelization: u16) -> Parameters {
        let salt = Salt::new([7; 16]).unwrap();
        let kdf = ScryptParams { salt, cost_parameter, block_size, parallelization, key_length: None };
        Parameters { kdf: kdf.into(), encryption: EncryptionScheme::Aes256Cbc { iv: [1; 16] } }
    }

    fn pbkdf2(iterations: u32) -> Parameters {
        Parameters::generate_pbkdf2_sha256_aes128cbc(iterations, &[7; 16], [1; 16]).unwrap()
    }

    fn refusal(parameters: Parameters) -> Option<String> {
        let problem = Encryption::of(parameters).err()?;
        let error = crate::Error::without_file(problem);
        assert_eq!(error.code().as_str(), "io.key_file");
        Some(error.to_string())
    }

    // R8.1: judged, not derived, so the largest costs nothing here.
    #[test]
    fn pbkdf2_has_a_limit() {
        assert_eq!(usize::try_from(ITERATIONS), Ok(MAX_PBKDF2_ITERATIONS));
        assert_eq!(refusal(pbkdf2(1)), None);
        assert_eq!(refusal(pbkdf2(ITERATIONS)), None);
        assert!(refusal(pbkdf2(ITERATIONS + 1)).unwrap().contains("10000000 iterations of PBKDF2"));
        assert!(refusal(pbkdf2(0)).is_some());
    }

    // R8.1
    #[test]
    fn scrypt_has_limits_of_memory_and_of_work() {
        assert_eq!(refusal(scrypt(1 << 14, 8, 5)), None);
        // 2^18 x 128 bytes are the limit; the two blocks that OpenSSL counts beside them are more.
        assert_eq!(refusal(scrypt(1 << 17, 1, 16)), None);
        assert!(refusal(scrypt(1 << 18, 1, 1)).unwrap().contains("33554432 bytes of memory"));
        assert!(refusal(scrypt(1 << 15, 8, 1)).unwrap().contains("33554432 bytes of memory"));
        assert_eq!(refusal(scrypt(1 << 14, 8, 16)), None);
        assert!(refusal(scrypt(1 << 14, 8, 17)).unwrap().contains("2097152 blocks of work"));
        assert!(refusal(scrypt(u64::MAX / 2 + 1, u16::MAX, u16::MAX)).is_some());
    }

    // R8.1: (2 + 2 + 4092) x 64 x 128 bytes are exactly the limit.
    #[test]
    fn the_limit_of_memory_is_exact() {
        assert_eq!((2 + 2 + 4_092) * 64 * 128, MAX_SCRYPT_BYTES);
        assert_eq!(refusal(scrypt(2, 64, 4_092)), None);
        assert!(refusal(scrypt(2, 64, 4_093)).unwrap().contains("33554432 bytes of memory"));
    }

    // R8.1: RFC 7914 section 2. Zero would make the crate that derives panic.
    #[test]
    fn parameters_that_scrypt_does_not_have_are_refused() {
        for (n, r, p) in [(0, 8, 1), (1, 8, 1), (3, 8, 1), (16_385, 8, 1), (16, 0, 1), (16, 8, 0), (u64::MAX, 1, 1)] {
            assert!(refusal(scrypt(n, r, p)).unwrap().contains("does not know"), "{n} {r} {p}");
        }
    }

    // R8.1
    #[test]
    fn a_key_length_that_the_cipher_does_not_have_is_refused() {
        let mut parameters = scrypt(16, 8, 1);
        let Kdf::Scrypt(kdf) = &mut parameters.kdf else { panic!("scrypt") };
        kdf.key_length = Some(16);
        assert!(refusal(parameters).unwrap().contains("another length"));
    }

    // R8.1
    #[test]
    fn sha_1_is_refused_in_words() {
        let mut parameters = pbkdf2(1);
        let Kdf::Pbkdf2(kdf) = &mut parameters.kdf else { panic!("PBKDF2") };
        kdf.prf = Pbkdf2Prf::HmacWithSha1;
        assert!(refusal(parameters).unwrap().contains("SHA-1"));
    }

    // R8.1: the entropy decides salt and vector, and does not stand in the file.
    #[test]
    fn salt_and_vector_come_from_the_entropy_without_showing_it() {
        let [one, same, other] = [[1; 32], [1; 32], [2; 32]].map(|entropy| Encryption::recommended(&entropy).unwrap());
        assert!(one == same && one != other);
        let Kdf::Scrypt(kdf) = &one.0.kdf else { panic!("scrypt") };
        let EncryptionScheme::Aes256Cbc { iv } = one.0.encryption else { panic!("AES-256-CBC") };
        assert_eq!(kdf.salt.as_bytes().len(), 16);
        assert!(kdf.salt.as_bytes() != iv && kdf.salt.as_bytes() != [1; 16] && iv != [1; 16]);
        assert_eq!((one.to_string().as_str(), one.work()), ("AES-256-CBC, scrypt with N=16384 r=8 p=5", 655_360));
    }
}
