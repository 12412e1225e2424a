//! SVG: a drawing for browsers and papers, of plain shapes and text, without scripts, style sheets or fonts of its own.

use std::fmt::Write;

use super::{
    layered::Size,
    nested::{Line, Place, place},
    picture::{EdgeKind, Group, GroupKind, Node, NodeKind, Picture},
};

/// Margin around the whole.
const MARGIN: f64 = 12.0;
/// Height of a line of text.
const LINE: f64 = 15.0;
const FONT: f64 = 12.0;
const SMALL_FONT: f64 = 10.0;
const LABEL_FONT: f64 = 11.0;
/// Characters of a line that are shown; all of it is in the title.
const LONGEST_LINE: usize = 44;
/// The width that a group's label may ask for; it is cut where its group is narrower than all of it.
const WIDEST_LABEL: f64 = 170.0;

/// A picture as SVG.
pub(super) fn print(picture: &Picture) -> String {
    let sizes: Vec<Size> = picture.nodes.iter().map(node_size).collect();
    let label_widths: Vec<f64> = picture.groups.iter().map(|group| text_width(&group.label, LABEL_FONT).min(WIDEST_LABEL)).collect();
    let drawing = place(picture, &sizes, &label_widths);
    let whole = drawing.groups[0].size;
    let (width, height) = (whole.width + 2.0 * MARGIN, whole.height + 2.0 * MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"{0} {0} {width:.1} {height:.1}\" \
font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"{FONT}\">\n",
        -MARGIN
    );
    let _ = writeln!(text, "<title>{}</title>", escaped(&picture.groups[0].label));
    let _ = writeln!(text, "<rect x=\"{0}\" y=\"{0}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#ffffff\"/>", -MARGIN);
    for (group, place) in picture.groups.iter().zip(&drawing.groups) {
        draw_group(group, *place, &mut text);
    }
    for line in &drawing.lines {
        draw_line(line, &mut text);
    }
    // Labels stand over lines that enter at the top.
    for (group, place) in picture.groups.iter().zip(&drawing.groups) {
        draw_label(group, *place, &mut text);
    }
    for (node, place) in picture.nodes.iter().zip(&drawing.nodes) {
        draw_node(node, *place, &mut text);
    }
    text.push_str("</svg>\n");
    text
}

fn node_size(node: &Node) -> Size {
    let mut size = Size { width: 60.0, height: 12.0 };
    for (index, line) in node.lines().iter().enumerate() {
        let font = if index == 0 { FONT } else { SMALL_FONT };
        size.width = size.width.max(text_width(&shortened(line), font) + 20.0);
        size.height += LINE;
    }
    size
}

fn rect(place: Place, look: &str) -> String {
    let Size { width, height } = place.size;
    format!("<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"6\" {look}/>", place.x, place.y)
}

fn draw_group(group: &Group, place: Place, text: &mut String) {
    let look = match group.kind {
        GroupKind::Workflow if group.parent.is_none() => "fill=\"none\" stroke=\"none\"",
        GroupKind::Workflow => "fill=\"#4a8a4a\" fill-opacity=\"0.07\" stroke=\"#4a8a4a\"",
        GroupKind::Scatter => "fill=\"#4a78a8\" fill-opacity=\"0.08\" stroke=\"#4a78a8\"",
        GroupKind::Branch => "fill=\"#8a6d3b\" fill-opacity=\"0.07\" stroke=\"#8a6d3b\" stroke-dasharray=\"5 3\"",
    };
    if group.kind == GroupKind::Scatter {
        // A second sheet behind it: there are several.
        let behind = Place { x: place.x + 4.0, y: place.y - 4.0, ..place };
        let _ = writeln!(text, "{}", rect(behind, "fill=\"#ffffff\" stroke=\"#4a78a8\" stroke-opacity=\"0.6\""));
        let _ = writeln!(text, "{}", rect(place, "fill=\"#ffffff\" stroke=\"none\""));
    }
    let _ = writeln!(text, "{}", rect(place, look));
}

fn draw_label(group: &Group, place: Place, text: &mut String) {
    let (x, y) = (place.x + 10.0, place.y + 17.0);
    let label = if group.parent.is_none() { group.label.clone() } else { fitting(&group.label, place.size.width - 20.0) };
    let _ = writeln!(text, "<g><title>{}</title>", escaped(&group.label));
    let look = if group.parent.is_none() {
        format!("font-size=\"{FONT}\" font-weight=\"bold\"")
    } else {
        let back = Place { x: x - 3.0, y: y - 11.0, size: Size { width: text_width(&label, LABEL_FONT), height: 15.0 } };
        let _ = writeln!(text, "{}", rect(back, "fill=\"#ffffff\" fill-opacity=\"0.85\""));
        format!("font-size=\"{LABEL_FONT}\"")
    };
    let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{y:.1}\" fill=\"#333333\" {look}>{}</text></g>", escaped(&label));
}

/// As much of a label as there is room for.
fn fitting(label: &str, room: f64) -> String {
    if text_width(label, LABEL_FONT) <= room {
        return label.to_owned();
    }
    let mut short = String::new();
    for letter in label.chars() {
        if text_width(&short, LABEL_FONT) + 2.0 * LABEL_FONT > room {
            break;
        }
        short.push(letter);
    }
    short + "…"
}

fn draw_node(node: &Node, place: Place, text: &mut String) {
    let look = match node.kind {
        NodeKind::Task => "fill=\"#eef4fb\" stroke=\"#4a78a8\"",
        NodeKind::Distributed(_) => "fill=\"#fdf0dc\" stroke=\"#b9770e\" stroke-width=\"2\"",
        NodeKind::Workflow => "fill=\"#eaf5ea\" stroke=\"#4a8a4a\" stroke-width=\"3\"",
    };
    let lines = node.lines();
    let _ = writeln!(text, "<g><title>{}</title>", escaped(&lines.join("\n")));
    let _ = writeln!(text, "{}", rect(place, look));
    let x = place.x + place.size.width / 2.0;
    let mut y = place.y + LINE + 3.0;
    for (index, line) in lines.iter().enumerate() {
        let (font, colour) = if index == 0 { (FONT, "#111111") } else { (SMALL_FONT, "#555555") };
        let line = escaped(&shortened(line));
        let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" font-size=\"{font}\" fill=\"{colour}\">{line}</text>");
        y += LINE;
    }
    text.push_str("</g>\n");
}

/// Straight through layers, curved between them; each curve leaves and arrives upright.
fn draw_line(line: &Line, text: &mut String) {
    let mut points = line.points.clone();
    let Some(end) = points.last_mut().filter(|_| line.has_arrow) else { return draw_path(&points, line.kind, text) };
    let tip = *end;
    end.1 -= 6.0;
    draw_path(&points, line.kind, text);
    let _ = writeln!(text, "<path d=\"M{:.1} {:.1}l-3.5 -7.5h7z\" fill=\"#66727f\"/>", tip.0, tip.1);
}

fn draw_path(points: &[(f64, f64)], kind: EdgeKind, text: &mut String) {
    let is_straight = |from: (f64, f64), to: (f64, f64)| (to.0 - from.0).abs() < 0.5 && to.1 >= from.1;
    let Some(&first) = points.first() else { return };
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    let mut from = first;
    for (index, &(x, y)) in points.iter().enumerate().skip(1) {
        if is_straight(from, (x, y)) {
            // A straight line is drawn to where it ends.
            if points.get(index + 1).is_none_or(|next| !is_straight((x, y), *next)) {
                let _ = write!(path, "L{x:.1} {y:.1}");
            }
        } else {
            // Upwards (in a circle of scatters) it needs some way to turn.
            let bow = if y > from.1 { (y - from.1) / 2.0 } else { 60.0 };
            let _ = write!(path, "C{:.1} {:.1} {x:.1} {:.1} {x:.1} {y:.1}", from.0, from.1 + bow, y - bow);
        }
        from = (x, y);
    }
    let dashes = if kind == EdgeKind::After { " stroke-dasharray=\"5 4\"" } else { "" };
    let _ = writeln!(text, "<path d=\"{path}\" fill=\"none\" stroke=\"#66727f\"{dashes}/>");
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= LONGEST_LINE {
        return line.to_owned();
    }
    line.chars().take(LONGEST_LINE - 1).chain(['…']).collect()
}

/// The width of a text in a sans-serif font, rather too wide than too narrow.
fn text_width(text: &str, font: f64) -> f64 {
    let width = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 0.32,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '-' | '/' => 0.40,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' | '&' | '#' => 0.73,
        // East Asian scripts and pictures are square.
        '\u{1100}'.. => 1.05,
        _ => 0.61,
    };
    text.chars().map(width).sum::<f64>() * font
}

/// Text between tags. What XML 1.0 does not allow at all becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' => escaped.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}
