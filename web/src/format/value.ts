/** Numbers and what stands beside them. Digits pass through as sent: nothing here rounds, pads or converts. */
import { digitsOf, meanOf, type Tile } from '../model/view'
import type { Reading } from '../wire/wire'
import { text, word } from './text'
import { clockOrDay } from './time'

/** `97`, `128/79 (95)`. */
export function whole(reading: Reading): string {
  const mean = meanOf(reading)
  return digitsOf(reading) + (mean === undefined ? '' : ` (${mean})`)
}

export const unit = (ucum: string): string => word(text.unit, ucum)

export const reason = (said: string | undefined): string => (said === undefined ? '' : word(text.reason, said))

/** Words among the flags that say which way a value came: no remark of the monitor's. */
const VIA = 'via '

const originOf = (origin: string | undefined): string => (origin === undefined ? '' : word(text.origin, origin))

/** `com3, oximeter`; `vr via VitalRecorder, ECG`. */
export function source(reading: Reading): string {
  const way = (reading.flags ?? []).filter((flag) => flag.startsWith(VIA))
  return text.source([reading.source, ...way].join(' '), originOf(reading.origin))
}

/** What tells the shown reading from the first choice: its source, or its signal where both are of one source. */
export function shownName({ reading, instead }: Tile): string {
  if (reading === undefined) return ''
  return reading.source === instead?.source ? originOf(reading.origin) || text.noOrigin : reading.source
}

/** `From gateway: nonin-1 lost since 10:42:05`. */
export function insteadText(tile: Tile, nowUs: number | undefined, zone: string): string | undefined {
  const { instead, reading } = tile
  if (instead === undefined || reading === undefined) return undefined
  const first = reading.source === instead.source ? originOf(instead.origin) || text.noOrigin : instead.source
  const since = instead.sinceWallUs === undefined ? '' : clockOrDay(instead.sinceWallUs, nowUs, zone)
  return text.instead[instead.because]?.(shownName(tile), first, since, reason(instead.reason))
}

/** What the monitor says beside a value. */
export const remarks = (reading: Reading): readonly string[] =>
  (reading.flags ?? []).filter((flag) => !flag.startsWith(VIA))

/** Label of a tile: the vital, and the site where there are several. */
export function label(name: { label: string; site: string }): string {
  return word(text.label, name.label) + (name.site ? ` ${name.site}` : '')
}
