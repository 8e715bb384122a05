//! What the server acknowledged, kept as JSON lines, so that it can be asked for again after the server was killed.

use crate::Error;
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A requester, through the gateway.
    Requester,
    /// An agent.
    Agent,
}

/// One acknowledgement of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The id that the generator gave it: the provider's message id, or the idempotency key.
    pub key: String,
    /// Who wrote it.
    pub author: Author,
    /// The conversation that it went to.
    pub conversation_id: String,
    /// The id that the server gave it.
    pub message_id: String,
}

/// The acknowledgements of a run. A message that was sent twice is in it twice, with what was answered each time.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Acknowledged>,
    file: Option<(PathBuf, File)>,
}

impl Ledger {
    /// One that is only held in memory.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// One that also appends to a file, after what is there; a last line that was not finished is cut off.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub fn appending(path: &Path) -> Result<Self, Error> {
        let open = || -> io::Result<File> {
            let mut file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last as u64 + 1);
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            Ok(file)
        };
        let file = open().map_err(|error| failed(path, &error))?;
        Ok(Self { entries: Vec::new(), file: Some((path.to_owned(), file)) })
    }

    /// Adds an acknowledgement; when this returns, the file has its line, should the generator die next.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub fn append(&mut self, entry: Acknowledged) -> Result<(), Error> {
        if let Some((path, file)) = &mut self.file {
            let line = serde_json::to_string(&entry).map_err(io::Error::from);
            // One write for the line and its end, so that a torn line is one without an end.
            let written = line.and_then(|line| file.write_all(format!("{line}\n").as_bytes()));
            written.map_err(|error| failed(path, &error))?;
        }
        self.entries.push(entry);
        Ok(())
    }

    /// What was appended since it was opened.
    pub fn entries(&self) -> &[Acknowledged] {
        &self.entries
    }

    /// Reads a file back. A last line without an end was never wholly written, and is left out.
    ///
    /// # Errors
    /// [`Error::Ledger`].
    pub fn read(path: &Path) -> Result<Vec<Acknowledged>, Error> {
        // Bytes, not text: a torn line may end within a character.
        let bytes = std::fs::read(path).map_err(|error| failed(path, &error))?;
        Self::parse(&bytes).map_err(|what| Error::Ledger { path: path.to_owned(), what })
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Vec<Acknowledged>, String> {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        let lines = bytes[..whole].split(|byte| *byte == b'\n').enumerate();
        let entry = |(index, line)| {
            serde_json::from_slice(line)
                .map_err(|error| format!("line {} is no acknowledgement: {error}", index + 1))
        };
        lines.filter(|(_, line)| !line.trim_ascii().is_empty()).map(entry).collect()
    }
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::Ledger { path: path.to_owned(), what: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32) -> Acknowledged {
        Acknowledged {
            key: format!("key-{number}"),
            author: if number.is_multiple_of(2) { Author::Requester } else { Author::Agent },
            conversation_id: "c\"1\n".to_owned(),
            message_id: format!("m{number}"),
        }
    }

    #[test]
    fn what_is_appended_is_read_back_also_after_another_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        for run in 0..2 {
            let mut ledger = Ledger::appending(&path).unwrap();
            ledger.append(entry(2 * run)).unwrap();
            ledger.append(entry(2 * run + 1)).unwrap();
            assert_eq!(ledger.entries(), [entry(2 * run), entry(2 * run + 1)]);
        }
        assert_eq!(Ledger::read(&path).unwrap(), [0, 1, 2, 3].map(entry));
    }

    #[test]
    fn a_line_that_was_not_finished_is_left_out_and_then_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        Ledger::appending(&path).unwrap().append(entry(0)).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"key\":\"ke").unwrap();
        assert_eq!(Ledger::read(&path).unwrap(), [entry(0)]);
        Ledger::appending(&path).unwrap().append(entry(1)).unwrap();
        assert_eq!(Ledger::read(&path).unwrap(), [0, 1].map(entry));
    }

    #[test]
    fn a_damaged_line_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        std::fs::write(&path, "\nnot json\n").unwrap();
        let error = Ledger::read(&path).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
        assert!(Ledger::read(&folder.path().join("none")).is_err());
    }
}
