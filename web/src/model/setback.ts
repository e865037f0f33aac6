/** A time that was set back by a person: typed as the clock of the room says it, meant in the clinic's zone. */
import { minute } from '../format/time'

/** Longest way back that is looked for: half a day, so that one time of day means one moment. */
const BACK_MIN = 12 * 60

/**
 * The last moment before now at which the clinic's clock showed `HH:MM`, UTC microseconds; `undefined` when it did not within
 * half a day. On a night when the clocks go back it is the later one of the two.
 */
export function lastTime(typed: string, nowUs: number, zone: string): number | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed.trim())
  if (found === null) return undefined
  const wanted = `${(found[1] ?? '').padStart(2, '0')}:${found[2]}`
  const start = Math.floor(nowUs / 60e6)
  for (let back = 0; back <= BACK_MIN; back++) {
    const at = (start - back) * 60e6
    if (minute(at, zone).startsWith(wanted)) return at
  }
  return undefined
}

/** How far back the buttons go, minutes. */
export const BACK = [1, 2, 5, 10] as const
