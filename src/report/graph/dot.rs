//! DOT, as Graphviz reads it. An edge of a group is one of a node in it, cut at the group's border (`ltail`, `lhead`).

use std::fmt::Write;

use super::picture::{Edge, EdgeKind, End, Group, GroupKind, Node, NodeKind, Picture};

/// A picture as DOT.
pub(super) fn print(picture: &Picture) -> String {
    let mut text = format!("digraph {} {{\n", quoted(&picture.groups[0].label));
    text.push_str("  graph [compound=true, fontname=\"Helvetica\", fontsize=11, labeljust=l, nodesep=0.25, ranksep=0.45];\n");
    text.push_str("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef4fb\", color=\"#4a78a8\", fontname=\"Helvetica\", fontsize=11];\n");
    text.push_str("  edge [color=\"#556270\", arrowsize=0.7];\n");
    let _ = writeln!(text, "  label={};", quoted(&picture.groups[0].label));
    members(picture, 0, 1, &mut text);
    for edge in &picture.edges {
        print_edge(picture, edge, &mut text);
    }
    text.push_str("}\n");
    text
}

fn members(picture: &Picture, group: usize, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    for member in &picture.groups[group].members {
        match *member {
            End::Node(index) => {
                let node = &picture.nodes[index];
                let label: Vec<String> = node.lines().iter().map(|line| escaped(line)).collect();
                let _ = writeln!(text, "{indent}n{index} [label=\"{}\"{}];", label.join("\\n"), look(node));
            }
            End::Group(index) => {
                let _ = writeln!(text, "{indent}subgraph cluster_{index} {{");
                let inner = &picture.groups[index];
                let _ = writeln!(text, "{indent}  label={}; {}", quoted(&inner.label), look_of_group(inner));
                members(picture, index, depth + 1, text);
                if first_node(picture, End::Group(index)).is_none() {
                    // A group without calls, which an edge may still end at.
                    let _ = writeln!(text, "{indent}  g{index} [shape=point, style=invis, label=\"\"];");
                }
                let _ = writeln!(text, "{indent}}}");
            }
        }
    }
}

fn look(node: &Node) -> &'static str {
    match node.kind {
        NodeKind::Task => "",
        NodeKind::Distributed(_) => ", fillcolor=\"#fdf0dc\", color=\"#b9770e\", penwidth=1.6",
        NodeKind::Workflow => ", fillcolor=\"#eaf5ea\", color=\"#4a8a4a\", peripheries=2",
    }
}

fn look_of_group(group: &Group) -> &'static str {
    match group.kind {
        GroupKind::Workflow => "style=\"rounded\"; color=\"#4a8a4a\";",
        GroupKind::Scatter => "style=\"rounded\"; color=\"#4a78a8\"; penwidth=1.5;",
        GroupKind::Branch => "style=\"rounded,dashed\"; color=\"#8a6d3b\";",
    }
}

fn print_edge(picture: &Picture, edge: &Edge, text: &mut String) {
    let mut attributes = Vec::new();
    if edge.kind == EdgeKind::After {
        attributes.push("style=dashed".to_owned());
    }
    for (end, word) in [(edge.from, "ltail"), (edge.to, "lhead")] {
        if let End::Group(group) = end {
            attributes.push(format!("{word}=cluster_{group}"));
        }
    }
    let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
    let _ = writeln!(text, "  {} -> {}{attributes};", anchor(picture, edge.from), anchor(picture, edge.to));
}

/// The node that stands for an end.
fn anchor(picture: &Picture, end: End) -> String {
    match (first_node(picture, end), end) {
        (Some(node), _) | (None, End::Node(node)) => format!("n{node}"),
        (None, End::Group(group)) => format!("g{group}"),
    }
}

fn first_node(picture: &Picture, end: End) -> Option<usize> {
    match end {
        End::Node(node) => Some(node),
        End::Group(group) => picture.groups[group].members.iter().find_map(|member| first_node(picture, *member)),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// What stands between quotes: a backslash begins an escape there (`\n`, `\N`), an ampersand a character by its HTML name.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
