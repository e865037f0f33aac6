/** The time in view of a recorded session, and what changes it. Times are UTC seconds. Pure. */

export interface Span {
  readonly from: number
  readonly to: number
}

/** Least that is shown: two minutes, since the labels of the axis have no seconds. */
export const LEAST_S = 120
/** How much is shown around something that was asked for from the whole session. */
export const AROUND_S = 20 * 60

/** A span within the whole, of at least [`LEAST_S`]. */
export function within(whole: Span, { from, to }: Span): Span {
  const all = whole.to - whole.from
  const long = Math.min(all, Math.max(LEAST_S, to - from))
  const middle = (from + to) / 2
  const first = Math.min(Math.max(middle - long / 2, whole.from), whole.to - long)
  return { from: first, to: first + long }
}

export const isWhole = (whole: Span, span: Span): boolean => span.to - span.from >= whole.to - whole.from

/** Two ends of a drag, in any order. */
export const between = (whole: Span, a: number, b: number): Span =>
  within(whole, { from: Math.min(a, b), to: Math.max(a, b) })

/** Shows `factor` times as much around a moment, which stays where it is. */
export function zoomed(whole: Span, span: Span, factor: number, at: number): Span {
  const long = Math.min(whole.to - whole.from, Math.max(LEAST_S, (span.to - span.from) * factor))
  const share = (at - span.from) / (span.to - span.from)
  const from = at - share * long
  return within(whole, { from, to: from + long })
}

export const moved = (whole: Span, span: Span, by: number): Span =>
  within(whole, { from: span.from + by, to: span.to + by })

/** The moment in the middle: as close as it was, or closer when all was shown. */
export function centred(whole: Span, span: Span, at: number): Span {
  const half = (isWhole(whole, span) ? Math.min(AROUND_S, span.to - span.from) : span.to - span.from) / 2
  return within(whole, { from: at - half, to: at + half })
}
