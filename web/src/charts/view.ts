/** Which time a trend shows, and how buttons, keys, wheel and fingers change it. Times are UTC seconds. Pure. */

/** The whole session, or the last so many seconds; `to` is where a person moved its end, absent while it follows the clock. */
export interface View {
  readonly span: 'session' | number
  readonly to?: number
}

/** What there is to look at. */
export interface Bounds {
  /** Where the session or the oldest value begins. */
  readonly first: number
  readonly now: number
}

/** Least that is shown: labels of the axis have no seconds. */
export const SPAN_MIN_S = 5 * 60
/** Most that is shown: as much as is kept. */
export const SPAN_MAX_S = 8 * 3600
/** A young session is shown in this much time, so that its lines are no blots. */
export const SESSION_MIN_S = 15 * 60
/** A view that was moved into the past goes back to the present when nobody has touched it for this long. */
export const RETURN_S = 120

/** The shown span of time. */
export function resolve({ span, to }: View, { first, now }: Bounds): readonly [number, number] {
  if (span === 'session') return [Math.max(Math.min(first, now - SESSION_MIN_S), now - SPAN_MAX_S), now]
  const end = to ?? now
  return [end - span, end]
}

/** Moves by seconds, to the past when negative; at the present it follows the clock again. */
export function pan(view: View, bounds: Bounds, by: number): View {
  const [from, to] = resolve(view, bounds)
  const span = to - from
  // Half a picture may be empty, no more.
  const end = Math.max(to + by, Math.min(bounds.first + span / 2, bounds.now))
  return end >= bounds.now ? { span } : { span, to: end }
}

/** Shows `factor` times as much around a moment. */
export function zoom(view: View, bounds: Bounds, factor: number, at: number): View {
  const [from, to] = resolve(view, bounds)
  const most = Math.min(SPAN_MAX_S, Math.max(SESSION_MIN_S, bounds.now - bounds.first))
  const span = Math.min(most, Math.max(SPAN_MIN_S, (to - from) * factor))
  if (span === to - from) return view
  const end = at + ((to - at) / (to - from)) * span
  return pan({ span, to: Math.min(end, bounds.now) }, bounds, 0)
}

/** Whether the present is in the picture. */
export const follows = (view: View): boolean => view.to === undefined

/** A trend moves when it moves by a pixel, at most once a second; history moves it at once. */
export function frameOf(nowS: number, spanS: number, widthPx: number): number {
  const stepS = Math.max(1, spanS / Math.max(widthPx, 1))
  return Math.floor(nowS / stepS) * stepS
}
