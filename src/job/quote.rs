//! Values as text of other languages: a shell word, a value of an `#SBATCH` line, an option that binds a path. Nothing from WDL reaches a
//! script but through here.

use crate::task::Access;

use super::Bind;

/// A value as one word of bash, always on one line.
pub fn sh(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
    if !value.is_empty() && value.bytes().all(plain) {
        return value.to_owned();
    }
    if !value.chars().any(char::is_control) {
        return format!("'{}'", value.replace('\'', r"'\''"));
    }
    // Elements of an array are one line each, so line ends must be written as escapes.
    let mut word = "$'".to_owned();
    for char in value.chars() {
        match char {
            '\'' => word.push_str(r"\'"),
            '\\' => word.push_str(r"\\"),
            '\n' => word.push_str(r"\n"),
            '\t' => word.push_str(r"\t"),
            '\r' => word.push_str(r"\r"),
            // No shell variable or file name can hold NUL: what stands after it is not lost this way.
            '\0' => word.push('\u{fffd}'),
            control if control.is_control() => {
                let mut bytes = [0; 4];
                control.encode_utf8(&mut bytes).bytes().for_each(|byte| word.push_str(&format!("\\x{byte:02x}")));
            }
            other => word.push(other),
        }
    }
    word.push('\'');
    word
}

/// A value of an `#SBATCH` line. sbatch reads such a line by itself: double quotes join, a backslash takes the next character as it is,
/// and a line end cannot be written at all, so control characters become spaces.
pub fn sbatch(value: &str) -> String {
    let flat: String = value.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let plain = |char: char| char.is_alphanumeric() || "_-./:=@%+,*&|[]()".contains(char);
    if !flat.is_empty() && flat.chars().all(plain) {
        return flat;
    }
    format!("\"{}\"", flat.replace('\\', r"\\").replace('"', "\\\""))
}

/// A path of `--output` below a folder. Slurm expands `%` in all of it, also in a folder that it joins from `--chdir`, so `%` is doubled; but
/// once there is a backslash it expands nothing and takes backslashes away, and elements of an array must share a file.
pub fn sbatch_output(folder: &str, name: &str) -> String {
    if folder.contains('\\') {
        return format!("{}/{}", folder.replace('\\', r"\\"), name.replace("%a", "0"));
    }
    format!("{}/{name}", folder.replace('%', "%%"))
}

/// Text for a comment of a script: one line, and no way out of it.
pub fn comment(value: &str) -> String {
    value.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// The options of `apptainer exec` that bind a path. `--bind` splits on commas and colons; `--mount` takes CSV and so any path.
pub fn bind(bind: &Bind) -> [String; 2] {
    let read_only = bind.access == Access::ReadOnly;
    let odd = |path: &str| path.contains([',', ':', '"', '\\']) || path.chars().any(char::is_control);
    if !odd(&bind.host) && !odd(&bind.container) {
        return ["--bind".to_owned(), format!("{}:{}{}", bind.host, bind.container, if read_only { ":ro" } else { "" })];
    }
    let field = |name: &str, path: &str| format!("\"{name}={}\"", path.replace('"', "\"\""));
    let mode = if read_only { ",ro" } else { "" };
    ["--mount".to_owned(), format!("type=bind,{},{}{mode}", field("src", &bind.host), field("dst", &bind.container))]
}
