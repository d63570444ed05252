//! The settings of the private PostgreSQL, as the text of a configuration file that is written anew at each start.
//!
//! Must hold: loopback and a private socket only; `wal_level=logical`; nothing that a tenant sent (parameters, rows in
//! error details, statements) reaches the log. Tested below and in `tests/it/embedded.rs`.

use std::fmt::Write;
use std::path::Path;

/// How much the data is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tuning {
    /// Survives a power cut.
    Durable,
    /// For tests: quick, and broken after a power cut.
    Test,
}

const ALWAYS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_prepared_transactions = 0
wal_level = logical
max_replication_slots = 10
max_wal_senders = 10
max_slot_wal_keep_size = '4GB'
wal_compression = on
jit = off
max_parallel_workers_per_gather = 0
random_page_cost = 1.1
max_locks_per_transaction = 256
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
log_min_messages = warning
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
";

/// A small machine that does other things as well: a quarter of a gigabyte of cache of its own, and trust in the
/// system's.
const DURABLE: &str = "
max_connections = 200
shared_buffers = '256MB'
effective_cache_size = '2GB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
checkpoint_timeout = '15min'
max_wal_size = '2GB'
logging_collector = on
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
log_file_mode = 0600
";

const TEST: &str = "
max_connections = 300
shared_buffers = '128MB'
work_mem = '8MB'
fsync = off
synchronous_commit = off
full_page_writes = off
checkpoint_timeout = '30min'
max_wal_size = '4GB'
logging_collector = off
";

/// The whole file. `sockets` is absent where a socket's path would be too long.
pub(super) fn text(
    tuning: Tuning,
    cluster_name: &str,
    port: u16,
    sockets: Option<&Path>,
    log: &Path,
) -> String {
    let mut text = String::from(
        "# Written by Insula at each start. Own settings go into local.conf beside this file.\n\
         include 'data/postgresql.conf'\n",
    );
    text.push_str(ALWAYS);
    text.push_str(match tuning {
        Tuning::Durable => DURABLE,
        Tuning::Test => TEST,
    });
    let sockets = sockets.map(|dir| format!("\"{}\"", dir.display().to_string().replace('"', "\"\"")));
    for (name, value) in [
        ("cluster_name", cluster_name.to_owned()),
        ("unix_socket_directories", sockets.unwrap_or_default()),
        ("log_directory", log.display().to_string()),
    ] {
        let _ = writeln!(text, "{name} = '{}'", value.replace('\\', "\\\\").replace('\'', "''"));
    }
    let _ = writeln!(text, "port = {port}\ninclude_if_exists 'local.conf'");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_whatever_is_in_them() {
        let odd = Path::new("/tmp/it's \"a\", b\\c");
        let text = text(Tuning::Test, "insula-1", 5, Some(odd), odd);
        assert!(text.contains(r#"unix_socket_directories = '"/tmp/it''s ""a"", b\\c"'"#), "{text}");
        assert!(text.contains(r#"log_directory = '/tmp/it''s "a", b\\c'"#), "{text}");
    }

    #[test]
    fn without_a_socket_only_loopback_is_listened_on() {
        let text = text(Tuning::Durable, "insula-1", 5, None, Path::new("/l"));
        assert!(
            text.contains("unix_socket_directories = ''") && text.contains("listen_addresses = '127.0.0.1'")
        );
        assert!(!text.contains("fsync = off"));
    }
}
