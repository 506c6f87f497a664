//! The program `mde-offboard`: everything is in the library.

fn main() {}
