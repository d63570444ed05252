//! Prints the JSON Schema of a dashboard; `cargo xtask gen` writes it down.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

fn main() {
    println!("{:#}", insula_model::dashboard_schema());
}
