/** Events that would touch stand together under one button as wide as a finger. Pure. */
import type { TrendEvent } from './session'

/** Least distance of two buttons, centre to centre: 44 px and 8 between them. */
export const APART_PX = 52

export interface Cluster {
  /** Where the button stands: at its first event. */
  readonly time: number
  readonly events: readonly TrendEvent[]
}

/** Counted from the first event of all, so that the groups hold still while the picture moves. */
export function clusters(events: readonly TrendEvent[], pxPerS: number): Cluster[] {
  const found: { time: number; events: TrendEvent[] }[] = []
  for (const event of events) {
    const last = found.at(-1)
    if (last !== undefined && (event.time - last.time) * pxPerS < APART_PX) last.events.push(event)
    else found.push({ time: event.time, events: [event] })
  }
  return found
}
