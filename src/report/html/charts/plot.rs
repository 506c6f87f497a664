//! A plane of time and numbers with its axes, and paths in it.

use std::fmt;
use std::time::Duration;

use maud::{Markup, html};

use crate::domain::Timestamp;
use crate::reporter::{Zone, thousands};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 52.0;

/// Most marks on the axis of time: their labels must not touch, also in large letters.
const MARKS_MAX: usize = 7;
const LINES_MAX: u32 = 5;

/// How far from the right edge a label begins to stand to the left of its mark.
const LABEL_ROOM: f64 = 30.0;

/// A coordinate or a length, in units of the view box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Units(pub(super) f64);

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A tenth is less than anybody sees; `-0.0` is not wanted.
        write!(f, "{}", (self.0 * 10.0).round() / 10.0 + 0.0)
    }
}

/// Points that are joined by straight lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Polyline(Vec<(Units, Units)>);

impl Polyline {
    pub(super) fn to(&mut self, point: (Units, Units)) {
        self.0.push(point);
    }
}

/// As the `points` of a polyline or a polygon.
impl fmt::Display for Polyline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (x, y)) in self.0.iter().enumerate() {
            let gap = if at == 0 { "" } else { " " };
            write!(f, "{gap}{x},{y}")?;
        }
        Ok(())
    }
}

/// From when to when, and from nothing to how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    from: Timestamp,
    to: Timestamp,
    step: f64,
    top: f64,
}

impl Plot {
    /// Room for the numbers from 0 to `most`; at least a minute wide.
    pub(super) fn new(from: Timestamp, to: Timestamp, most: f64) -> Self {
        let to = to.max(from.plus(Duration::from_mins(1)));
        let step = round_step(most / f64::from(LINES_MAX));
        let top = (most / step).ceil().max(1.0) * step;
        Self { from, to, step, top }
    }

    /// Times outside of the plane are at its edge.
    pub(super) fn x(&self, at: Timestamp) -> Units {
        let share = at.since(self.from).as_secs_f64() / self.to.since(self.from).as_secs_f64();
        Units(LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT))
    }

    pub(super) fn y(&self, number: f64) -> Units {
        let share = (number / self.top).clamp(0.0, 1.0);
        Units(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP))
    }

    pub(super) const fn to(&self) -> Timestamp {
        self.to
    }

    /// The drawing: what is inside, on lines and between axes.
    pub(super) fn drawing(&self, label: &str, zone: &Zone, inside: &Markup) -> Markup {
        let size = format!("0 0 {WIDTH} {HEIGHT}");
        html! {
            svg class="chart" role="img" aria-label=(label) viewBox=(size) {
                (self.lines())
                (inside)
                (self.times(zone))
            }
        }
    }

    /// A level from the left edge to the right one.
    pub(super) fn level(&self, class: &str, number: f64) -> Markup {
        let y = self.y(number);
        html! { line class=(class) x1=(Units(LEFT)) x2=(Units(WIDTH - RIGHT)) y1=(y) y2=(y) {} }
    }

    fn lines(&self) -> Markup {
        let numbers = (0..=LINES_MAX + 1).map(|line| f64::from(line) * self.step);
        let numbers = numbers.take_while(|number| *number <= self.top + self.step / 2.0);
        html! {
            @for number in numbers {
                (self.level("grid", number))
                text x=(Units(LEFT - 8.0)) y=(Units(self.y(number).0 + 4.0)) text-anchor="end" {
                    (whole(number))
                }
            }
        }
    }

    fn times(&self, zone: &Zone) -> Markup {
        let marks = zone.round_instants(self.from, self.to, MARKS_MAX);
        let base = HEIGHT - BOTTOM;
        let mut day = String::new();
        let labels: Vec<(Timestamp, String, Option<String>)> = marks
            .into_iter()
            .map(|at| {
                let is_new = day != zone.date(at);
                day = zone.date(at);
                (at, self.clock(at, zone), is_new.then(|| day.clone()))
            })
            .collect();
        html! {
            @for (at, clock, day) in labels {
                @let x = self.x(at);
                line class="axis" x1=(x) x2=(x) y1=(Units(base)) y2=(Units(base + 5.0)) {}
                @let anchor = if x.0 > WIDTH - RIGHT - LABEL_ROOM { "end" } else { "middle" };
                text x=(x) y=(Units(base + 22.0)) text-anchor=(anchor) { (clock) }
                @if let Some(day) = day {
                    text class="day" x=(x) y=(Units(base + 44.0)) text-anchor=(anchor) { (day) }
                }
            }
            line class="axis" x1=(Units(LEFT)) x2=(Units(WIDTH - RIGHT)) y1=(Units(base))
                y2=(Units(base)) {}
        }
    }

    /// With seconds where the marks are closer than minutes.
    fn clock(&self, at: Timestamp, zone: &Zone) -> String {
        let wide = self.to.since(self.from) > Duration::from_mins(5);
        if wide { zone.minute(at) } else { zone.clock(at) }
    }
}

/// 1, 2 or 5 with zeros, not less than `least`.
fn round_step(least: f64) -> f64 {
    let mut step = 1.0;
    while step < least {
        for factor in [2.0, 5.0, 10.0] {
            if step * factor >= least {
                return step * factor;
            }
        }
        step *= 10.0;
    }
    step
}

/// `1,500`.
pub(super) fn whole(number: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative")]
    let number = number.max(0.0).round() as u64;
    thousands(number)
}

/// As a coordinate: beyond what is exact, nobody sees the difference.
pub(super) fn real(number: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a chart has no 53 bits of height")]
    let number = number as f64;
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_tops_are_not_below_what_is_shown() {
        for most in [0.0, 1.0, 3.0, 7.0, 100.0, 13_878.0, 100_000.0, 1e9] {
            let plot = Plot::new(Timestamp::from_micros(0), Timestamp::from_micros(0), most);
            assert!(plot.top >= most.max(1.0) && plot.top <= most.max(1.0) * 2.0, "{most}");
            assert!(plot.top / plot.step <= f64::from(LINES_MAX) + 0.5, "{most}");
        }
        assert!((round_step(25.0) - 50.0).abs() < 0.1);
        assert!((round_step(0.25) - 1.0).abs() < 0.1);
    }

    #[test]
    fn coordinates_are_short() {
        let shown = [0.0, -0.01, 12.34, 5.0].map(|units| Units(units).to_string());
        assert_eq!(shown, ["0", "0", "12.3", "5"]);
    }
}
