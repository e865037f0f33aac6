/** Times as people read them: in the clinic's zone, never the browser's. Ages never come from here. */
import { languageTag, text } from './text'

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string, options: Intl.DateTimeFormatOptions, tag = languageTag): Intl.DateTimeFormat {
  const key = `${tag} ${zone} ${JSON.stringify(options)}`
  let found = formatters.get(key)
  if (found === undefined) {
    const make = (timeZone: string) => new Intl.DateTimeFormat(tag, { ...options, timeZone, hourCycle: 'h23' })
    try {
      found = make(zone)
    } catch {
      // A zone this browser does not know: UTC, and it says so.
      found = new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC', hourCycle: 'h23', timeZoneName: 'short' })
    }
    formatters.set(key, found)
  }
  return found
}

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const MILLISECONDS = { ...CLOCK, fractionalSecondDigits: 3 } as const
const MINUTES = { hour: '2-digit', minute: '2-digit' } as const
const DAY = { weekday: 'short', day: 'numeric', month: 'short' } as const
const DATE = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
const HALF_DAY_US = 12 * 3600 * 1e6

/** Offset from UTC at that moment: `-04:00`. In one language: other ones write the name of the zone in their own way. */
export function offset(wallUs: number, zone: string): string {
  const parts = formatter(zone, { timeZoneName: 'longOffset' }, 'en-GB').formatToParts(wallUs / 1000)
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
  return name.replace(/^(GMT|UTC)/, '') || '+00:00'
}

/** The offset, on days when the clocks change: 01:30-04:00 and 01:30-05:00 are two different times. */
function offsetIfAmbiguous(wallUs: number, zone: string): string {
  // Asked often; the answer changes with the hour at most.
  const hour = Math.floor(wallUs / 3600e6) * 3600e6
  const key = `${zone} ${hour}`
  let found = ambiguous.get(key)
  if (found === undefined) {
    const changes = offset(hour - HALF_DAY_US, zone) !== offset(hour + HALF_DAY_US, zone)
    if (ambiguous.size > 200) ambiguous.clear()
    ambiguous.set(key, changes)
    found = changes
  }
  return found ? offset(wallUs, zone) : ''
}
const ambiguous = new Map<string, boolean>()

/** `10:42:05`, with the offset on days when the clocks change. */
export function clock(wallUs: number, zone: string): string {
  return formatter(zone, CLOCK).format(wallUs / 1000) + offsetIfAmbiguous(wallUs, zone)
}

/** `10:42:05.120`, with the offset on days when the clocks change. */
export function clockMs(wallUs: number, zone: string): string {
  return formatter(zone, MILLISECONDS).format(wallUs / 1000) + offsetIfAmbiguous(wallUs, zone)
}

/** `10:42`, with the offset on days when the clocks change. */
export function minute(wallUs: number, zone: string): string {
  return formatter(zone, MINUTES).format(wallUs / 1000) + offsetIfAmbiguous(wallUs, zone)
}

/** `10:42:05`, with the day when that is not today. */
export function clockOrDay(wallUs: number, nowUs: number | undefined, zone: string): string {
  const day = formatter(zone, DAY).format(wallUs / 1000)
  const today = nowUs === undefined || day === formatter(zone, DAY).format(nowUs / 1000)
  return today ? clock(wallUs, zone) : `${day} ${clock(wallUs, zone)}`
}

/** `Sat, 14 Mar 2026`: the day in the zone of the clinic. */
export function day(wallUs: number, zone: string): string {
  return formatter(zone, DATE).format(wallUs / 1000)
}

/** `2026-03-14`: the same for a file, and for a field of a form. */
export function isoDay(wallUs: number, zone: string): string {
  return formatter(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA').format(wallUs / 1000)
}

/** The first moment of a day (`2026-03-14`) in the zone, UTC microseconds; `undefined` when it is none. */
export function dayStart(iso: string, zone: string): number | undefined {
  const utcUs = Date.parse(`${iso}T00:00:00Z`) * 1000
  if (Number.isNaN(utcUs)) return undefined
  // The offset may change within the day: of the three moments one that is that day's midnight.
  const at = (us: number) => utcUs - offsetUs(offset(us, zone))
  const found = [at(utcUs), at(at(utcUs))].find((us) => isoDay(us, zone) === iso && isoDay(us - 1, zone) !== iso)
  return found ?? at(utcUs)
}

function offsetUs(said: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)/.exec(said) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60e6
}

/** `0:24`, `12:05`, `1:02:05`: how long something has been so. Rounded down; empty where that is not known. */
export function countdown(us: number | undefined): string {
  if (us === undefined || !(us >= 0)) return ''
  const seconds = Math.floor(us / 1e6)
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  const short = `${minutes % 60}:${two(seconds % 60)}`
  return minutes < 60 ? short : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}

/** `8 s`, `4 min`, `1 h 05 min`. Rounded down; empty where there is no age. */
export function age(us: number | undefined): string {
  if (us === undefined || !(us >= 0)) return ''
  const seconds = Math.floor(us / 1e6)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`
  return text.days(Math.floor(hours / 24))
}

/** The next day of the calendar; the text itself when it is none. A day has 23 to 25 hours. */
export function dayAfter(iso: string): string {
  const ms = Date.parse(`${iso}T00:00:00Z`)
  return Number.isNaN(ms) ? iso : new Date(ms + 86_400_000).toISOString().slice(0, 10)
}
