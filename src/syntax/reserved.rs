//! Words that only some versions reserve. Those that every version reserves are in `grammar/base.pest`.
//!
//! WDL 1.1 and 1.2, "Reserved Keywords"; `after` is reserved by none. Earlier versions have no such list: whatever their
//! grammar can tell apart is a legal name there.

use super::ast::Version;

/// Words with the first version that reserves them.
const RESERVED_SINCE: [(&str, Version); 12] = [
    ("None", Version::V1_1),
    ("alias", Version::V1_1),
    ("left", Version::V1_1),
    ("object", Version::V1_1),
    ("right", Version::V1_1),
    ("struct", Version::V1_1),
    ("version", Version::V1_1),
    ("Directory", Version::V1_2),
    ("env", Version::V1_2),
    ("hints", Version::V1_2),
    ("requirements", Version::V1_2),
    ("enum", Version::V1_3),
];

/// The version since which a word cannot name anything, if `version` is one of those.
pub(super) fn reserved_since(word: &str, version: Version) -> Option<Version> {
    RESERVED_SINCE.into_iter().find(|(reserved, since)| *reserved == word && *since <= version).map(|(_, since)| since)
}
