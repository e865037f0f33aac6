/**
 * How old a value may be before it stops being shown as live (clinical-workflow 9.1). The same rules stand in
 * `crates/observation/src/freshness.rs`; `fixtures/freshness.json` holds the two together.
 */

/** State of a continuous value by its age. */
export type Freshness = 'live' | 'delayed' | 'lost'

/** State of a cuff reading by the age of its measurement. */
export type CuffState = 'current' | 'old' | 'lost'

const SECOND_US = 1_000_000

/** 1.5 intervals, rounded down to whole microseconds as in Rust. */
const oneAndAHalf = (everyUs: number) => Math.trunc((everyUs * 3) / 2)

/**
 * Live up to max(3 s, 1.5 T), delayed up to max(10 s, 3 T), lost after; T is the expected interval of the feed. An age
 * below zero is a fault and counts as lost; so does one that is no number.
 */
export function freshness(ageUs: number, everyUs: number): Freshness {
  if (!(ageUs >= 0)) return 'lost'
  if (ageUs <= Math.max(3 * SECOND_US, oneAndAHalf(everyUs))) return 'live'
  if (ageUs <= Math.max(10 * SECOND_US, everyUs * 3)) return 'delayed'
  return 'lost'
}

/** Current up to 5 min, old up to max(15 min, 1.5 times the expected cuff interval), lost after. */
export function cuffState(ageUs: number, everyUs: number): CuffState {
  if (!(ageUs >= 0)) return 'lost'
  if (ageUs <= 5 * 60 * SECOND_US) return 'current'
  if (ageUs <= Math.max(15 * 60 * SECOND_US, oneAndAHalf(everyUs))) return 'old'
  return 'lost'
}
