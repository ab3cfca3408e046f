//! ct
fn main() {}
