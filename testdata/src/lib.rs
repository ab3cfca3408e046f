//! Examples and vectors.
