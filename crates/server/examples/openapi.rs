//! Prints the description of one API: `openapi tenant`, `openapi operator`. `cargo xtask gen` writes it down.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example is a program")]

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = match std::env::args().nth(1).as_deref() {
        Some("tenant") => insula_server::openapi_tenant(),
        Some("operator") => insula_server::openapi_operator(),
        _ => return Err("say which: tenant or operator".into()),
    };
    println!("{}", serde_json::to_string_pretty(&api)?);
    Ok(())
}
