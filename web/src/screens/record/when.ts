/** Times of a session from what somebody types, and how they are said. Pure. */
import { clock, dayStart, isoDay, minute } from '../../format/time'
import { elapsed } from '../../model/session'

/** `0:12:03`, before the start `-0:12:03`; empty without a start. */
export function sinceText(wallUs: number, startedUs: number | undefined): string {
  if (startedUs === undefined) return ''
  return wallUs < startedUs ? `\u2212${elapsed(startedUs - wallUs)}` : elapsed(wallUs - startedUs)
}

/** `10:42:05, T+ 0:12:03`. */
export function bothTimes(wallUs: number, startedUs: number | undefined, zone: string): string {
  const since = sinceText(wallUs, startedUs)
  return clock(wallUs, zone) + (since === '' ? '' : `, T+ ${since}`)
}

/** The moment within the session at which the clock showed `10:05`; `undefined` when there is none. */
export function momentIn(typed: string, beginUs: number, endUs: number, zone: string): number | undefined {
  const [, hours, minutes] = /^\s*(\d{1,2})[:.](\d{2})\s*$/.exec(typed) ?? []
  if (hours === undefined || minutes === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined
  const clockIs = `${hours.padStart(2, '0')}:${minutes}`
  const least = Math.floor(beginUs / 60e6) * 60e6
  for (const day of new Set([isoDay(beginUs, zone), isoDay(endUs, zone)])) {
    const start = dayStart(day, zone)
    if (start === undefined) continue
    // An hour more or less where the clocks changed on that day.
    for (const shift of [0, -60, 60]) {
      const at = start + (Number(hours) * 60 + Number(minutes) + shift) * 60e6
      if (at >= least && at <= endUs && minute(at, zone).startsWith(clockIs)) return Math.max(at, beginUs)
    }
  }
  return undefined
}
