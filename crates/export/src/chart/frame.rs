//! The axes: which numbers stand beside the chart, and where.

use super::scene::Scene;
use crate::Face;
use crate::face::t_plus;
use chairside_observation::Micros;

/// Minutes between two labels of the time axis: the first that leaves them room.
const STEPS_MIN: [u32; 10] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240];
/// A day and a night around a session: a change of the clocks that near is worth its offset.
const NEAR: Micros = Micros::from_secs(24 * 3600);

/// A label of the time axis.
pub(super) struct Label {
    pub(super) at_s: f64,
    /// Since T+0.
    pub(super) since: String,
    /// On the wall.
    pub(super) clock: String,
}

/// The labels of the time axis, at least `apart` points from each other on `width` points.
pub(super) fn labels(scene: &Scene, face: &Face<'_>, width: f32) -> Vec<Label> {
    let offsets = offset_matters(scene, face);
    let apart = if offsets { 70.0 } else { 40.0 };
    let span_s = scene.to_s - scene.from_s;
    let fits = |minutes: &&u32| f64::from(width) * f64::from(**minutes) * 60.0 / span_s >= apart;
    let longest = STEPS_MIN[STEPS_MIN.len() - 1];
    // A span of days, which no session has: as many of the longest step as fit.
    let step_s = STEPS_MIN.iter().find(fits).map_or_else(
        || (span_s * apart / f64::from(width) / f64::from(longest * 60)).ceil() * f64::from(longest * 60),
        |minutes| f64::from(minutes * 60),
    );
    let mut at_s = (scene.from_s / step_s).ceil() * step_s;
    let mut labels = Vec::new();
    while at_s <= scene.to_s {
        let at = scene.moment(at_s);
        #[allow(clippy::cast_possible_truncation)]
        let since = t_plus(Micros((at_s * 1e6).round() as i64));
        let since = since.rsplit_once(':').map_or(since.clone(), |(minutes, _)| minutes.to_owned());
        let clock: String = face.clock(at.wall).chars().take(5).collect();
        let clock = if offsets { format!("{clock} {}", face.offset(at.wall)) } else { clock };
        labels.push(Label { at_s, since, clock });
        at_s += step_s;
    }
    labels
}

/// Whether the clocks change near the session: then a time without its offset may be two.
pub(super) fn offset_matters(scene: &Scene, face: &Face<'_>) -> bool {
    let (from, to) = (scene.moment(scene.from_s).wall, scene.moment(scene.to_s).wall);
    let there = face.offset(from);
    [from - NEAR, to, to + NEAR].iter().any(|at| face.offset(*at) != there)
}

/// Height of a number beside an axis.
const LINE: f64 = 13.0;

/// An axis of numbers: from, to, and the distance of its labels.
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
}

/// Room of a mark beyond its value, in steps of the axis.
const ROOM: f64 = 0.2;

/// An axis that holds all `values`, at least from `low` to `high`, within what it may ever show; its numbers have room on
/// `height` points.
pub(super) fn scale(
    values: impl Iterator<Item = f64>,
    (low, high, step): (f64, f64, f64),
    ever: (f64, f64),
    height: f32,
) -> Scale {
    let (mut from, mut to) = (low, high);
    for value in values.filter(|value| value.is_finite()) {
        // A mark needs a little room beyond its value.
        from = from.min(((value - step * ROOM) / step).floor() * step);
        to = to.max(((value + step * ROOM) / step).ceil() * step);
    }
    let (from, to) = (from.max(ever.0), to.min(ever.1));
    let most = (f64::from(height) / LINE).max(1.0);
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| step * times).into_iter().find(|step| (to - from) / step <= most);
    let step = step.unwrap_or(to - from).max(1.0);
    Scale { low: from, high: to, step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_holds_what_was_measured_and_never_more_than_it_may() {
        let axis = |values: &[f64]| {
            let scale = scale(values.iter().copied(), (40.0, 180.0, 20.0), (0.0, 320.0), 110.0);
            (scale.low, scale.high, scale.step)
        };
        assert_eq!(axis(&[]), (40.0, 180.0, 20.0));
        assert_eq!(axis(&[31.0, 203.0]), (20.0, 220.0, 40.0));
        assert_eq!(axis(&[-5.0, 9999.0]), (0.0, 320.0, 40.0));
    }
}
