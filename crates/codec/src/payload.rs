//! The one place that chooses how bincode writes.

use crate::Error;
use bincode::Options;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// `bincode::serialize` and `deserialize` look like the obvious choice, but they write integers at full width
/// and pay no heed to bytes behind the end, which hides that a record was read as something that it is not.
/// `DefaultOptions` writes variable-length integers and refuses such a rest.
fn options() -> impl Options {
    bincode::DefaultOptions::new()
}

/// The bytes of a frozen struct.
pub(crate) fn write<T: Serialize>(value: &T) -> Vec<u8> {
    // A limit here could refuse a fact that was accepted already. Bounds belong to the commands.
    options()
        .serialize(value)
        .expect("only a sequence of unknown length can fail, and frozen structs have none")
}

/// Reads all of the bytes as a frozen struct.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    // No legal value takes more than all of the bytes. So a lying length is refused before memory is set
    // aside for it, and whatever could be written can be read.
    let limit = bytes.len().try_into().unwrap_or(u64::MAX);
    options().with_limit(limit).deserialize(bytes).map_err(|error| Error::Payload(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_behind_the_end_are_refused() {
        let mut bytes = write(&(7_u32, "text"));
        assert_eq!(read::<(u32, String)>(&bytes), Ok((7, "text".to_owned())));
        bytes.push(0);
        assert!(matches!(read::<(u32, String)>(&bytes), Err(Error::Payload(_))));
    }

    #[test]
    fn a_length_that_lies_is_refused_before_memory_is_set_aside() {
        let lie = write(&u64::MAX);
        assert!(matches!(read::<String>(&lie), Err(Error::Payload(_))));
        assert!(matches!(read::<Vec<u64>>(&lie), Err(Error::Payload(_))));
    }

    #[test]
    fn a_value_of_any_integers_fits_into_the_limit_that_its_own_length_sets() {
        let value = (u8::MAX, u16::MAX, u32::MAX, u64::MAX, i64::MIN, Some(0_u64), vec![250_u32, 251]);
        assert_eq!(read(&write(&value)), Ok(value));
    }
}
