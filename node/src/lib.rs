//! CivicTrust transparency log and issuance.
