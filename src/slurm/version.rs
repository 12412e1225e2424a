//! Reads what Slurm's programs say of themselves. Pure: text in, values out. Entry point: [`parse_mpi_types`].

/// Reads `srun --mpi=list`: the types that `srun --mpi=` takes. Old releases begin each line with `srun: `.
pub fn parse_mpi_types(output: &str) -> Vec<String> {
    let mut types = Vec::new();
    for line in output.lines() {
        let line = line.trim().trim_start_matches("srun: ").trim();
        if let Some((_, specific)) = line.split_once("plugin versions available:") {
            types.extend(specific.split(',').map(|name| name.trim().to_owned()));
        } else if !line.is_empty() && !line.contains(char::is_whitespace) {
            types.push(line.to_owned());
        }
    }
    types
}
