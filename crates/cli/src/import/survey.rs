//! A first look at the whole file: what it is, how many rows, which tenants.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use sha2::{Digest, Sha256};

use super::columns::Wanted;
use super::rows::header;

/// What the first look found.
pub(crate) struct Survey {
    /// SHA-256 of the bytes, the first 32 hexadecimal digits.
    pub(crate) digest: String,
    pub(crate) rows: u64,
    /// What stands in the tenant's column, with how many rows each.
    pub(crate) tenants: BTreeMap<String, u64>,
}

/// Hashes what is read through it.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.hash.update(buf.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Reads the file once from its beginning to its end.
///
/// # Errors
/// A sentence about the file or about columns that it does not have.
pub(crate) fn survey(path: &Path, wanted: &Wanted, delimiter: u8) -> Result<Survey, String> {
    let file = File::open(path).map_err(|e| format!("{}: {e}.", path.display()))?;
    let hashed = Hashed { inner: BufReader::with_capacity(1 << 20, file), hash: Sha256::new() };
    let mut reader = ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(hashed);
    let header = header(&mut reader)?;
    let columns = wanted.resolve(&header)?;
    let mut record = ByteRecord::new();
    let mut rows = 0;
    let mut tenants: BTreeMap<String, u64> = BTreeMap::new();
    while reader.read_byte_record(&mut record).map_err(|e| format!("{}: {e}.", path.display()))? {
        rows += 1;
        let value = columns.tenant.and_then(|place| record.get(place)).unwrap_or_default();
        // A row that will be kept aside names no tenant.
        let Ok(value) = std::str::from_utf8(value) else { continue };
        let value = value.trim();
        if record.len() == columns.width && !value.is_empty() {
            match tenants.get_mut(value) {
                Some(count) => *count += 1,
                None => drop(tenants.insert(value.to_owned(), 1)),
            }
        }
    }
    let digest: String =
        reader.into_inner().hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect();
    Ok(Survey { digest, rows, tenants })
}
