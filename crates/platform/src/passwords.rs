//! Passwords: hashed with argon2id, checked at equal cost whether or not there is anything to check against, on
//! threads of their own and no more at once than there are cores.
//!
//! What must always hold: a password stands in no log, no error and no row; a check against nothing takes as long
//! as one against a hash. Tested here and in `tests/it/sessions.rs`.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use insula_model::{Error, Result, World, problem};
use tokio::sync::Semaphore;

/// Memory in KiB, passes, lanes: the first recommendation of OWASP's password storage cheat sheet.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// A hash of the same cost that no password fits: what an unknown e-mail is checked against.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
/// Nobody types more; hashing more would only cost time.
const LONGEST: usize = 1024;
/// How long a check waits for its turn before it is refused.
const PATIENCE: Duration = Duration::from_secs(8);

/// Hashes and checks passwords.
#[derive(Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { turns: Arc::new(Semaphore::new(cores)) }
    }

    /// The hash of a password, as a PHC string.
    pub(crate) async fn hash(&self, world: &World, password: &str) -> Result<String> {
        if password.len() > LONGEST {
            return Err(Error::invalid("/password", "too_long", "A password has at most 1,024 bytes."));
        }
        let mut salt = [0u8; 16];
        world.entropy.fill(&mut salt);
        let password = password.to_owned();
        self.turn(move || {
            let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
            Ok(hash.map_err(Error::internal)?.to_string())
        })
        .await
    }

    /// Whether a password fits a hash. Without a hash it never does, and takes as long.
    pub(crate) async fn check(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let (mut password, hash, known) =
            (password.to_owned(), hash.unwrap_or(NOBODY).to_owned(), hash.is_some());
        let short = password.len() <= LONGEST;
        if !short {
            password.clear();
        }
        self.turn(move || {
            let parsed = PasswordHash::new(&hash).map_err(Error::internal)?;
            let fits = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
            Ok(fits && known && short)
        })
        .await
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let waiting = tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = waiting.await else {
            return Err(Error::new(problem::RATE_LIMITED, "Too many people sign in just now. Try again.")
                .retry_after(Duration::from_secs(2)));
        };
        tokio::task::spawn_blocking(move || {
            // Kept until the work is done, also when nobody waits for it any more.
            let _turn = turn;
            work()
        })
        .await
        .map_err(Error::internal)?
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// What everybody tries first, of those that are long enough.
const COMMON: &[&str] = &[
    "administrator",
    "changeme",
    "football",
    "iloveyou",
    "letmein",
    "passw0rd",
    "password",
    "princess",
    "qazwsxedc",
    "qwertyuiop",
    "sunshine",
    "superman",
    "trustno1",
    "welcome",
    "whatever",
    "1q2w3e4r5t",
];

/// Refuses a password that is easily guessed: short, of few different characters, a run of the alphabet or the
/// keyboard, or little more than a common password, the e-mail or a name of the place.
///
/// # Errors
/// `auth.password_weak` at `pointer`.
pub(crate) fn check_strength(password: &str, pointer: &str, email: &str, names: &[&str]) -> Result<()> {
    let weak = |why: &str| Err(Error::new(problem::PASSWORD_WEAK, why).at(pointer));
    if password.chars().count() < 10 {
        return weak("A password has at least 10 characters.");
    }
    let plain = plain(password);
    let different = password.chars().collect::<std::collections::BTreeSet<_>>().len();
    if different < 5 {
        return weak("That password repeats a few characters. Use different ones.");
    }
    if is_run(&plain) {
        return weak("That password is a run of the alphabet or the keyboard.");
    }
    let local = email.split('@').next().unwrap_or_default();
    let about = [email, local].into_iter().chain(names.iter().copied());
    for word in about.chain(COMMON.iter().copied()).map(self::plain) {
        // The word with a few characters or a run around it, such as a year, is the word.
        let short = word.chars().count() < 3;
        let rest = if short { plain.clone() } else { plain.replace(&word, "") };
        if rest.len() < plain.len() && (rest.chars().count() < 6 || is_run(&rest)) {
            return weak(
                "That password is too close to a common one, your e-mail or the name of the workspace.",
            );
        }
    }
    Ok(())
}

/// Letters and digits only, without regard to case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_run(plain: &str) -> bool {
    let back: String = plain.chars().rev().collect();
    !plain.is_empty() && RUNS.iter().any(|row| row.contains(plain) || row.contains(&back))
}

const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "01234567890123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nobody_costs_what_others_cost() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real = argon2().unwrap().hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
        assert_eq!(nobody.algorithm, real.algorithm);
        assert_eq!(nobody.version, real.version);
        assert_eq!(nobody.params, real.params);
        assert_eq!(nobody.hash.unwrap().len(), real.hash.unwrap().len());
        assert_eq!(nobody.salt.unwrap().len(), real.salt.unwrap().len());
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = argon2().unwrap().hash_password_with_salt(b"correct horse", &[7; 16]).unwrap().to_string();
        assert!(passwords.check("correct horse", Some(&hash)).await.unwrap());
        assert!(!passwords.check("correct hors", Some(&hash)).await.unwrap());
        assert!(!passwords.check("", Some(&hash)).await.unwrap());
        assert!(!passwords.check("correct horse", None).await.unwrap());
        assert!(!passwords.check(&"x".repeat(LONGEST + 1), Some(&hash)).await.unwrap());
    }

    #[test]
    fn what_is_easily_guessed_is_refused() {
        let check = |password: &str| {
            check_strength(
                password,
                "/password",
                "ada.lovelace@analytical.example",
                &["Acme Rockets", "acme"],
            )
        };
        for weak in [
            "",
            "short",
            "ninechars",
            "aaaaaaaaaaaaaaa",
            "abababababab",
            "abcdefghijkl",
            "0123456789",
            "9876543210",
            "qwertyuiop",
            "poiuytrewq",
            "Password123",
            "p-a-s-s-w-o-r-d-1",
            "adalovelace",
            "Ada.Lovelace1",
            "ada.lovelace@analytical.example",
            "acmerockets",
            "Acme-Rockets!2026",
            "acme123456",
            "acme-acme-acme",
        ] {
            let error = check(weak).expect_err(weak);
            assert!(error.is(problem::PASSWORD_WEAK), "{weak}: {error}");
        }
        for good in [
            "correct horse battery",
            "kaffee mit Milch",
            "t7#Gq!9zLw",
            "сложный-пароль-9",
            "ada likes engines",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
    }
}
