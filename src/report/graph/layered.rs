//! Boxes in layers: each below all that it waits for, edges through the free space between, as few crossings as barycentres find.
//!
//! The usual four steps (Sugiyama, Tagawa, Toda 1981): layers by longest path; a bend of an edge in every layer that it passes; order within
//! layers by barycentre; places within layers by least squares under that order (pool adjacent violators). All of it deterministic.

use super::layers;

/// Space between neighbours in a layer.
const BESIDE: f64 = 22.0;
/// Space between an edge that passes and its neighbours.
const BESIDE_BEND: f64 = 9.0;
/// Space between layers.
const BETWEEN: f64 = 40.0;
/// Bends that are placed; edges beyond go straight.
const MOST_BENDS: usize = 30_000;

/// Width and height of a box.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A place on a box's upper or lower side: so far to the right of its centre.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) item: usize,
    pub(super) offset: f64,
}

/// Edges with one origin, drawn with a common trunk. `None` is the upper border as an origin, the lower one as a target.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub(super) origin: Option<Port>,
    pub(super) targets: Vec<Option<Port>>,
}

/// Boxes and edges with their places.
#[derive(Debug, Default)]
pub(super) struct Layered {
    pub(super) size: Size,
    /// The upper left corner of each box.
    pub(super) corners: Vec<(f64, f64)>,
    pub(super) ways: Vec<Way>,
}

/// The way of a flow.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// Where it crosses the upper border, if it comes from there.
    pub(super) top: Option<f64>,
    /// Where it crosses the lower border, if it goes there.
    pub(super) bottom: Option<f64>,
    /// The lower end of the origin's layer.
    pub(super) below_origin: f64,
    /// The trunk, from above.
    pub(super) bends: Vec<Bend>,
    /// For each target how many bends lie before it; none where it goes up.
    pub(super) passed: Vec<Option<usize>>,
}

/// Where a trunk passes a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bend {
    pub(super) x: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Something in a layer: a box, a bend, or a crossing of a border.
#[derive(Clone, Copy, Debug)]
struct Element {
    size: Size,
    layer: usize,
    is_box: bool,
    /// Its centre.
    x: f64,
    /// Its rank in the layer.
    rank: f64,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    upper: usize,
    lower: usize,
    /// Right of the lower element's centre, relative to right of the upper one's.
    shift: f64,
}

/// What the elements of a flow are.
#[derive(Clone, Debug, Default)]
struct Trunk {
    top: Option<usize>,
    bottom: Option<usize>,
    bends: Vec<usize>,
    passed: Vec<Option<usize>>,
}

/// The direction of a walk over layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sweep {
    Down,
    Up,
}

struct Layout {
    elements: Vec<Element>,
    /// Layer 0 has what crosses the upper border, the last what crosses the lower one.
    layers: Vec<Vec<usize>>,
    above: Vec<Vec<Link>>,
    below: Vec<Vec<Link>>,
    trunks: Vec<Trunk>,
}

/// Lays out boxes; `flows` name them by index.
pub(super) fn lay_out(sizes: &[Size], flows: &[Flow]) -> Layered {
    let layers = layers::layers_of(sizes.len(), flows);
    let mut layout = Layout::new(sizes, &layers);
    layout.add_flows(flows);
    layout.order();
    layout.place();
    layout.finish(sizes.len(), flows)
}

impl Layout {
    fn new(sizes: &[Size], layers: &[usize]) -> Self {
        let last = layers.iter().copied().max().unwrap_or(0) + 1;
        let mut layout = Self { elements: Vec::new(), layers: vec![Vec::new(); last + 1], above: Vec::new(), below: Vec::new(), trunks: Vec::new() };
        for (size, layer) in sizes.iter().zip(layers) {
            let element = layout.element(*layer, *size);
            layout.elements[element].is_box = true;
        }
        layout
    }

    fn element(&mut self, layer: usize, size: Size) -> usize {
        let index = self.elements.len();
        self.elements.push(Element { size, layer, is_box: false, x: 0.0, rank: 0.0 });
        self.layers[layer].push(index);
        self.above.push(Vec::new());
        self.below.push(Vec::new());
        index
    }

    fn add_flows(&mut self, flows: &[Flow]) {
        let mut left = MOST_BENDS;
        for flow in flows {
            let trunk = self.add_flow(flow, left);
            left = left.saturating_sub(trunk.bends.len());
            self.trunks.push(trunk);
        }
    }

    /// The elements and links of a flow; its trunk goes straight where more bends than `left` would be needed.
    fn add_flow(&mut self, flow: &Flow, left: usize) -> Trunk {
        let mut trunk = Trunk::default();
        let (origin, shift) = match flow.origin {
            Some(port) => (port.item, port.offset),
            None => (*trunk.top.insert(self.element(0, Size::default())), 0.0),
        };
        let bottom = self.layers.len() - 1;
        if flow.targets.iter().any(Option::is_none) {
            trunk.bottom = Some(self.element(bottom, Size::default()));
        }
        let first = self.elements[origin].layer;
        let layer_of = |layout: &Self, target: &Option<Port>| target.map_or(bottom, |port| layout.elements[port.item].layer);
        let last = flow.targets.iter().map(|target| layer_of(self, target)).max().unwrap_or(first);
        let mut end = (origin, shift);
        for layer in (first + 1..last).filter(|_| last - first <= left) {
            let bend = self.element(layer, Size::default());
            self.link(end.0, bend, end.1);
            trunk.bends.push(bend);
            end = (bend, 0.0);
        }
        for target in &flow.targets {
            let layer = layer_of(self, target);
            let passed = (layer > first).then(|| (layer - first - 1).min(trunk.bends.len()));
            trunk.passed.push(passed);
            let Some(passed) = passed else { continue };
            let upper = passed.checked_sub(1).map_or((origin, shift), |bend| (trunk.bends[bend], 0.0));
            let (lower, offset) = target.map_or((trunk.bottom.unwrap_or(origin), 0.0), |port| (port.item, port.offset));
            self.link(upper.0, lower, upper.1 - offset);
        }
        trunk
    }

    fn link(&mut self, upper: usize, lower: usize, shift: f64) {
        let link = Link { upper, lower, shift };
        self.below[upper].push(link);
        self.above[lower].push(link);
    }

    /// Orders every layer by the middle of its neighbours above and below in turn, and keeps the best.
    fn order(&mut self) {
        self.rank_all();
        let mut best = (self.crossings(), self.layers.clone());
        // Sweeps that made nothing better.
        let mut idle = 0;
        for sweep in 0..16 {
            if best.0 == 0 || idle == 4 {
                break;
            }
            self.sweep(if sweep % 2 == 0 { Sweep::Down } else { Sweep::Up });
            let crossings = self.crossings();
            idle += 1;
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
                idle = 0;
            }
        }
        self.layers = best.1;
        self.rank_all();
    }

    /// From the top by what is above, or from the bottom by what is below.
    fn sweep(&mut self, towards: Sweep) {
        let count = self.layers.len();
        for step in 0..count {
            let layer = if towards == Sweep::Down { step } else { count - 1 - step };
            let elements = std::mem::take(&mut self.layers[layer]);
            let mut order: Vec<(f64, usize)> = elements.iter().map(|element| (self.middle_rank(*element, towards), *element)).collect();
            order.sort_by(|left, right| left.0.total_cmp(&right.0));
            self.layers[layer] = order.into_iter().map(|(_, element)| element).collect();
            self.rank(layer);
        }
    }

    fn rank_all(&mut self) {
        for layer in 0..self.layers.len() {
            self.rank(layer);
        }
    }

    fn rank(&mut self, layer: usize) {
        let mut rank = 0.0;
        for &element in &self.layers[layer] {
            self.elements[element].rank = rank;
            rank += 1.0;
        }
    }

    fn middle_rank(&self, element: usize, towards: Sweep) -> f64 {
        let own = self.elements[element].rank;
        let (above, below) = (&self.above[element], &self.below[element]);
        let middle = if towards == Sweep::Down {
            mean(above.iter().map(|link| self.elements[link.upper].rank))
        } else {
            mean(below.iter().map(|link| self.elements[link.lower].rank))
        };
        middle.unwrap_or(own)
    }

    /// Pairs of links between two layers that cross.
    fn crossings(&self) -> usize {
        let mut count = 0;
        for layer in &self.layers {
            // Lower ends so far, in order: a link crosses those that end right of it.
            let mut ends: Vec<f64> = Vec::new();
            for &element in layer {
                let mut own: Vec<f64> = self.below[element].iter().map(|link| self.elements[link.lower].rank).collect();
                own.sort_by(f64::total_cmp);
                count += own.iter().map(|end| ends.len() - ends.partition_point(|other| other <= end)).sum::<usize>();
                ends.extend(own);
                ends.sort_by(f64::total_cmp);
            }
        }
        count
    }

    /// Places the elements of each layer as near as their order lets them to the middle of what they are linked to.
    fn place(&mut self) {
        for layer in 0..self.layers.len() {
            self.place_layer(layer, |_, _| None);
        }
        for _ in 0..10 {
            for layer in 1..self.layers.len() {
                self.place_layer(layer, |layout, element| mean(layout.wanted_above(element)));
            }
            for layer in (0..self.layers.len() - 1).rev() {
                self.place_layer(layer, |layout, element| mean(layout.wanted_below(element)));
            }
        }
        for layer in (0..self.layers.len()).chain(0..self.layers.len()) {
            self.place_layer(layer, |layout, element| mean(layout.wanted_above(element).chain(layout.wanted_below(element))));
        }
        self.centre_the_free();
    }

    /// Layers without any link stand below the middle of the others.
    fn centre_the_free(&mut self) {
        let is_free = |element: &usize| self.above[*element].is_empty() && self.below[*element].is_empty();
        let (free, linked): (Vec<_>, Vec<_>) = self.layers.iter().cloned().partition(|layer| layer.iter().all(is_free));
        let Some(middle) = self.middle(&linked.concat()) else { return };
        for layer in free {
            let shift = middle - self.middle(&layer).unwrap_or(middle);
            for element in layer {
                self.elements[element].x += shift;
            }
        }
    }

    fn middle(&self, elements: &[usize]) -> Option<f64> {
        let end = |element: &usize, side: f64| self.elements[*element].x + side * self.elements[*element].size.width / 2.0;
        let least = elements.iter().map(|element| end(element, -1.0)).reduce(f64::min)?;
        let most = elements.iter().map(|element| end(element, 1.0)).reduce(f64::max)?;
        Some(f64::midpoint(least, most))
    }

    fn wanted_above(&self, element: usize) -> impl Iterator<Item = f64> + '_ {
        self.above[element].iter().map(|link| self.elements[link.upper].x + link.shift)
    }

    fn wanted_below(&self, element: usize) -> impl Iterator<Item = f64> + '_ {
        self.below[element].iter().map(|link| self.elements[link.lower].x - link.shift)
    }

    /// Least squares under the order, by pooling neighbours that would overlap.
    fn place_layer(&mut self, layer: usize, wanted: impl Fn(&Self, usize) -> Option<f64>) {
        let order = &self.layers[layer];
        let mut offsets = Vec::with_capacity(order.len());
        // Pools of neighbours that touch: weighted sum, weight, members.
        let mut pools: Vec<(f64, f64, usize)> = Vec::new();
        let mut offset = 0.0;
        for (index, &element) in order.iter().enumerate() {
            if let Some(before) = index.checked_sub(1).map(|index| order[index]) {
                offset += self.apart(before, element);
            }
            offsets.push(offset);
            let (place, weight) = match wanted(self, element) {
                Some(place) => (place, if self.elements[element].is_box { 1.0 } else { 2.0 }),
                None => (self.elements[element].x, 0.05),
            };
            let mut pool = ((place - offset) * weight, weight, 1);
            while let Some(last) = pools.last().filter(|last| last.0 / last.1 > pool.0 / pool.1) {
                pool = (pool.0 + last.0, pool.1 + last.1, pool.2 + last.2);
                pools.pop();
            }
            pools.push(pool);
        }
        let places = pools.iter().flat_map(|(sum, weight, members)| std::iter::repeat_n(sum / weight, *members));
        for ((&element, offset), place) in order.iter().zip(offsets).zip(places) {
            self.elements[element].x = place + offset;
        }
    }

    /// The least distance between the centres of two neighbours.
    fn apart(&self, left: usize, right: usize) -> f64 {
        let (left, right) = (&self.elements[left], &self.elements[right]);
        let space = if left.is_box && right.is_box { BESIDE } else { BESIDE_BEND };
        f64::midpoint(left.size.width, right.size.width) + space
    }

    /// Moves all to the right of 0 and gives every layer its height.
    fn finish(mut self, n_items: usize, flows: &[Flow]) -> Layered {
        let left = |element: &Element| element.x - element.size.width / 2.0;
        let least = self.elements.iter().map(left).fold(f64::INFINITY, f64::min);
        self.elements.iter_mut().for_each(|element| element.x -= least);
        let width = self.elements.iter().map(|element| element.x + element.size.width / 2.0).fold(0.0, f64::max);
        let mut spans = Vec::new();
        let mut y = 0.0;
        for (index, layer) in self.layers.iter().enumerate() {
            let height = layer.iter().map(|element| self.elements[*element].size.height).fold(0.0, f64::max);
            spans.push((y, y + height));
            let is_inner = index > 0 && index + 2 < self.layers.len();
            y += if is_inner { height + BETWEEN } else { height };
        }
        let span = |element: usize| spans[self.elements[element].layer];
        let corner = |item: usize| (left(&self.elements[item]), span(item).0);
        let x = |element: usize| self.elements[element].x;
        let bend = |element: &usize| Bend { x: x(*element), top: span(*element).0, bottom: span(*element).1 };
        let ways = self.trunks.iter().zip(flows).map(|(trunk, flow)| Way {
            top: trunk.top.map(x),
            bottom: trunk.bottom.map(x),
            below_origin: flow.origin.map_or(0.0, |origin| span(origin.item).1),
            bends: trunk.bends.iter().map(bend).collect(),
            passed: trunk.passed.clone(),
        });
        Layered { size: Size { width, height: y }, corners: (0..n_items).map(corner).collect(), ways: ways.collect() }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
