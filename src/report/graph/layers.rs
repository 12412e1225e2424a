//! In which layer each box stands: below all that it waits for, and near to what waits for it.

use super::layered::Flow;

/// Boxes that stand beside each other though nothing orders them; more make rows.
const LEAST_ROW: usize = 5;

/// The layer of each box, from 1.
pub(super) fn layers_of(count: usize, flows: &[Flow]) -> Vec<usize> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    for flow in flows {
        if let Some(origin) = &flow.origin {
            after[origin.item].extend(flow.targets.iter().flatten().map(|target| target.item));
        }
    }
    let order = depth_first(&after);
    let mut rank = vec![0; count];
    order.iter().enumerate().for_each(|(index, item)| rank[*item] = index);
    let mut layers = vec![1; count];
    let mut before = vec![0; count];
    for &item in &order {
        after[item].retain(|next| rank[*next] > rank[item]);
        for &next in &after[item] {
            layers[next] = layers[next].max(layers[item] + 1);
            before[next] += 1;
        }
    }
    // What waits for nothing stands near to what waits for it.
    for &item in order.iter().rev().filter(|item| before[**item] == 0) {
        layers[item] = after[item].iter().map(|next| layers[*next]).min().map_or(1, |layer| layer - 1);
    }
    below_the_rest(&mut layers, |item| before[item] == 0 && after[item].is_empty());
    layers
}

/// Puts boxes that nothing orders in rows below the others, or beside them where they are few.
fn below_the_rest(layers: &mut [usize], is_free: impl Fn(usize) -> bool) {
    let free: Vec<usize> = (0..layers.len()).filter(|item| is_free(*item)).collect();
    let rest = (0..layers.len()).filter(|item| !is_free(*item)).map(|item| layers[item]).max().unwrap_or(0);
    let row = (free.len() * 3 / 2).isqrt().max(LEAST_ROW);
    let first = if free.len() * 2 < LEAST_ROW { 1 } else { rest + 1 };
    free.iter().enumerate().for_each(|(index, item)| layers[*item] = first + index / row);
}

/// Boxes in an order in which each stands before what waits for it, but where they wait for each other in a circle (as scatters may, whose
/// calls are one box here).
fn depth_first(after: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(after.len());
    let mut is_seen = vec![false; after.len()];
    for start in (0..after.len()).rev() {
        let mut way = vec![(start, 0)];
        if std::mem::replace(&mut is_seen[start], true) {
            continue;
        }
        while let Some((item, next)) = way.last_mut() {
            // From the last, since the order comes out backwards.
            let followed = after[*item].len().checked_sub(*next + 1).map(|index| after[*item][index]);
            *next += 1;
            match followed {
                Some(next) if !std::mem::replace(&mut is_seen[next], true) => way.push((next, 0)),
                Some(_) => {}
                None => {
                    order.push(*item);
                    way.pop();
                }
            }
        }
    }
    order.reverse();
    order
}
