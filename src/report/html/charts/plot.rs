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
const MARKS_MAX: f64 = 7.0;

/// From one mark to the next one, at least.
const MARK_ROOM: f64 = 80.0;

const LINES_MAX: u32 = 5;

/// How far from the right edge a label begins to stand to the left of its mark.
const LABEL_ROOM: f64 = 30.0;

/// How wide a stretch of time is drawn that is left out.
const GAP: f64 = 28.0;

/// How wide a span is drawn at least, however short it is: with a gap, room for a mark.
const PIECE_MIN: f64 = MARK_ROOM - GAP + 2.0;

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

/// Two instants.
pub(super) type TimeSpan = (Timestamp, Timestamp);

/// A span of time, and from where to where it is drawn.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: Timestamp,
    to: Timestamp,
    left: f64,
    right: f64,
}

/// From when to when, without what is left out, and from nothing to how much.
#[derive(Debug, Clone)]
pub(super) struct Plot {
    /// From the left to the right; at least one.
    pieces: Vec<Piece>,
    step: f64,
    top: f64,
}

impl Plot {
    /// Room for these spans, one after the other, and for the numbers from 0 to `most`. Each is at
    /// least a minute wide, and wide enough for a mark with its day.
    pub(super) fn new(spans: &[TimeSpan], most: f64) -> Self {
        let minute = Duration::from_mins(1);
        let spans: Vec<TimeSpan> =
            spans.iter().map(|(from, to)| (*from, (*to).max(from.plus(minute)))).collect();
        let gaps = spans.len().saturating_sub(1);
        let gaps = f64::from(u32::try_from(gaps).unwrap_or(u32::MAX));
        let seconds = |(from, to): TimeSpan| to.since(from).as_secs_f64();
        let all: f64 = spans.iter().copied().map(seconds).sum();
        // What is left once each has the least.
        let room = WIDTH - LEFT - RIGHT - gaps * GAP - (gaps + 1.0) * PIECE_MIN;
        let mut left = LEFT;
        let mut pieces = Vec::new();
        for (from, to) in spans {
            let right = left + PIECE_MIN + seconds((from, to)) / all * room;
            pieces.push(Piece { from, to, left, right });
            left = right + GAP;
        }
        let step = round_step(most / f64::from(LINES_MAX));
        let top = (most / step).ceil().max(1.0) * step;
        Self { pieces, step, top }
    }

    /// Times outside of the plane are at its edge, and what is left out is where it begins.
    pub(super) fn x(&self, at: Timestamp) -> Units {
        let begun = self.pieces.iter().rfind(|piece| piece.from <= at);
        Units(begun.unwrap_or(&self.pieces[0]).x(at))
    }

    /// Where a span ends that begins at `from`: no later than the piece in which it begins.
    pub(super) fn end_of(&self, (from, to): TimeSpan) -> Units {
        let begun = self.pieces.iter().rfind(|piece| piece.from <= from);
        Units(begun.unwrap_or(&self.pieces[0]).x(to))
    }

    pub(super) fn y(&self, number: f64) -> Units {
        let share = (number / self.top).clamp(0.0, 1.0);
        Units(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP))
    }

    /// The drawing: what is inside, on lines and between axes.
    pub(super) fn drawing(&self, label: &str, zone: &Zone, inside: &Markup) -> Markup {
        let size = format!("0 0 {WIDTH} {HEIGHT}");
        html! {
            svg class="chart" role="img" aria-label=(label) viewBox=(size) {
                (self.gaps())
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

    /// Where time is left out: a stripe, and an axis that is cut.
    fn gaps(&self) -> Markup {
        let base = HEIGHT - BOTTOM;
        html! {
            @for piece in &self.pieces[1..] {
                @let left = piece.left - GAP;
                rect class="idle" x=(Units(left)) y=(Units(TOP)) width=(Units(GAP))
                    height=(Units(base - TOP)) {}
                @for x in [left + GAP / 2.0 - 3.0, left + GAP / 2.0 + 3.0] {
                    line class="axis" x1=(Units(x - 3.0)) x2=(Units(x + 3.0))
                        y1=(Units(base + 6.0)) y2=(Units(base - 6.0)) {}
                }
            }
        }
    }

    /// The instants that are marked, each with its place and whether a stretch begins there.
    fn marks(&self, zone: &Zone) -> Vec<(Timestamp, f64)> {
        let mut marks: Vec<(Timestamp, f64)> = Vec::new();
        for piece in self.pieces.iter().rev() {
            let next = marks.last().map_or(f64::INFINITY, |(_, x)| x - MARK_ROOM);
            let mut round = zone.round_instants(piece.from, piece.to, piece.marks_max());
            // Labels of two pieces do not touch, and each has at least one.
            round.retain(|at| piece.x(*at) <= next);
            if round.is_empty() {
                round.push(piece.from);
            }
            marks.extend(round.into_iter().rev().map(|at| (at, piece.x(at))));
        }
        marks.reverse();
        marks
    }

    fn times(&self, zone: &Zone) -> Markup {
        let base = HEIGHT - BOTTOM;
        let mut day = String::new();
        let labels: Vec<(f64, String, Option<String>)> = self
            .marks(zone)
            .into_iter()
            .map(|(at, x)| {
                let is_new = day != zone.date(at);
                day = zone.date(at);
                (x, self.clock(at, zone), is_new.then(|| day.clone()))
            })
            .collect();
        html! {
            @for (x, clock, day) in labels {
                line class="axis" x1=(Units(x)) x2=(Units(x)) y1=(Units(base))
                    y2=(Units(base + 5.0)) {}
                @let anchor = if x > WIDTH - RIGHT - LABEL_ROOM { "end" } else { "middle" };
                text x=(Units(x)) y=(Units(base + 22.0)) text-anchor=(anchor) { (clock) }
                @if let Some(day) = day {
                    text class="day" x=(Units(x)) y=(Units(base + 44.0)) text-anchor=(anchor) {
                        (day)
                    }
                }
            }
            @for piece in &self.pieces {
                line class="axis" x1=(Units(piece.left)) x2=(Units(piece.right)) y1=(Units(base))
                    y2=(Units(base)) {}
            }
        }
    }

    /// With seconds where the marks are closer than minutes.
    fn clock(&self, at: Timestamp, zone: &Zone) -> String {
        let wide = |piece: &Piece| piece.to.since(piece.from) > Duration::from_mins(5);
        if self.pieces.iter().any(wide) { zone.minute(at) } else { zone.clock(at) }
    }
}

impl Piece {
    fn x(&self, at: Timestamp) -> f64 {
        let share = at.since(self.from).as_secs_f64() / self.to.since(self.from).as_secs_f64();
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    /// As many marks as its labels have room for.
    fn marks_max(&self) -> usize {
        let room = (self.right - self.left) / MARK_ROOM;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 7")]
        let most = room.clamp(1.0, MARKS_MAX) as usize;
        most
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
            let plot = Plot::new(&[(at(0), at(0))], most);
            assert!(plot.top >= most.max(1.0) && plot.top <= most.max(1.0) * 2.0, "{most}");
            assert!(plot.top / plot.step <= f64::from(LINES_MAX) + 0.5, "{most}");
        }
        assert!((round_step(25.0) - 50.0).abs() < 0.1);
        assert!((round_step(0.25) - 1.0).abs() < 0.1);
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_795_455_600_000_000).plus(Duration::from_secs(seconds))
    }

    #[test]
    fn what_is_left_out_takes_no_room_and_a_short_span_has_enough() {
        for count in 1..=7 {
            // Ten hours, then ten minutes on each of the next days.
            let span = |day: u64| {
                let seconds = if day == 0 { 36_000 } else { 600 };
                (at(day * 86_400), at(day * 86_400 + seconds))
            };
            let spans: Vec<TimeSpan> = (0..count).map(span).collect();
            let plot = Plot::new(&spans, 10.0);
            let mut before = LEFT - GAP;
            for (from, to) in spans {
                let (left, right) = (plot.x(from).0, plot.x(to).0);
                assert!((left - before - GAP).abs() < 0.1, "{count}: {left} after {before}");
                assert!(right - left + GAP > MARK_ROOM, "{count}: {left} to {right}");
                // In the gap, time stands still.
                assert!((plot.x(to.plus(Duration::from_hours(3))).0 - right).abs() < 0.1);
                before = right;
            }
            assert!((before - (WIDTH - RIGHT)).abs() < 0.1, "{count}: {before}");
            let marks = plot.marks(&Zone::new(jiff::tz::TimeZone::UTC));
            assert!(marks.len() as u64 >= count, "{count}: {marks:?}");
            for pair in marks.windows(2) {
                assert!(pair[1].1 - pair[0].1 >= MARK_ROOM - 0.1, "{count}: {marks:?}");
            }
        }
    }

    #[test]
    fn coordinates_are_short() {
        let shown = [0.0, -0.01, 12.34, 5.0].map(|units| Units(units).to_string());
        assert_eq!(shown, ["0", "0", "12.3", "5"]);
    }
}
