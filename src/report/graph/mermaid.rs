//! Mermaid's flowcharts, as GitHub and GitLab draw them in Markdown.

use std::fmt::Write;

use super::picture::{EdgeKind, End, NodeKind, Picture};

/// A picture as a Mermaid flowchart.
pub(super) fn print(picture: &Picture) -> String {
    // A JSON string is one of YAML too.
    let mut text = format!("---\ntitle: {}\n---\nflowchart TB\n", serde_json::Value::from(picture.groups[0].label.as_str()));
    members(picture, 0, 1, &mut text);
    for edge in &picture.edges {
        let arrow = match edge.kind {
            EdgeKind::Data => "-->",
            EdgeKind::After => "-.->",
        };
        let _ = writeln!(text, "  {} {arrow} {}", name(edge.from), name(edge.to));
    }
    text.push_str("  classDef distributed fill:#fdf0dc,stroke:#b9770e,stroke-width:2px\n");
    text
}

fn members(picture: &Picture, group: usize, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for member in &picture.groups[group].members {
        match *member {
            End::Node(index) => {
                let node = &picture.nodes[index];
                let label: Vec<String> = node.lines().iter().map(|line| escaped(line)).collect();
                let label = label.join("<br/>");
                let shape = match node.kind {
                    NodeKind::Task => format!("(\"{label}\")"),
                    NodeKind::Distributed(_) => format!("(\"{label}\"):::distributed"),
                    NodeKind::Workflow => format!("[[\"{label}\"]]"),
                };
                let _ = writeln!(text, "{indent}n{index}{shape}");
            }
            End::Group(index) => {
                let _ = writeln!(text, "{indent}subgraph g{index}[\"{}\"]", escaped(&picture.groups[index].label));
                members(picture, index, depth + 1, text);
                let _ = writeln!(text, "{indent}end");
            }
        }
    }
}

fn name(end: End) -> String {
    match end {
        End::Node(node) => format!("n{node}"),
        End::Group(group) => format!("g{group}"),
    }
}

/// What stands between quotes: Mermaid reads HTML and Markdown there, and `#…;` for a character by its name or number.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\n' => escaped.push_str("<br/>"),
            '"' | '#' | '&' | '<' | '>' | '`' | '*' | '\\' | ';' | '[' | ']' | '{' | '}' => {
                let _ = write!(escaped, "#{};", u32::from(letter));
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
