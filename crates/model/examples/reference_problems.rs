//! Prints `docs/reference/problems.md` from the catalogue of problems; `cargo xtask gen` runs it.
#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use insula_model::problem::{ALL, Kind};

fn family(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "the input is wrong; sending it again does not help",
        Kind::Malformed => "the request itself is not well formed",
        Kind::Method => "the path exists, for other methods",
        Kind::Slow => "the request did not arrive in time",
        Kind::HeadersTooLarge => "too many or too large headers",
        Kind::Unauthenticated => "nobody is signed in, or the credential is not valid",
        Kind::Unadmitted => "the credential of an embed is not valid, or no longer",
        Kind::Forbidden => "known, but not allowed",
        Kind::NotFound => "absent, or not yours",
        Kind::Conflict => "contrary to what is there now",
        Kind::Stale => "another version is there now",
        Kind::MatchRequired => "the version is missing",
        Kind::TooLarge => "more than allowed",
        Kind::Unsupported => "a content type that is not understood",
        Kind::TooMany => "too often; wait",
        Kind::Gone => "gone for good",
        Kind::Misdirected => "the wrong host",
        Kind::Unavailable => "not at the moment; try again",
        Kind::Full => "no room on the disk",
        Kind::Timeout => "it took too long",
        Kind::Internal => "our fault",
    }
}

fn main() {
    println!("# Problems\n");
    println!(
        "Every refusal of the API is one of these, as `application/problem+json`; its `code` is stable. A refusal names the \
         place in the input (`errors`), and `instance` is the request's id in the log.\n"
    );
    println!("| code | what it says | family |\n|---|---|---|");
    for problem in ALL {
        println!(
            "| [`{0}`](#{1}) | {2} | {3} |",
            problem.code,
            anchor(problem.code),
            problem.title,
            family(problem.kind)
        );
    }
    for problem in ALL {
        println!("\n## {}\n\n**{}.** {}", problem.code, problem.title, problem.help);
    }
}

/// What the renderers of Markdown make of a heading.
fn anchor(code: &str) -> String {
    code.replace('.', "")
}
