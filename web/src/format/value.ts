/** Numbers and what stands beside them. Digits pass through as sent: nothing here rounds, pads or converts. */
import { digitsOf, meanOf } from '../model/view'
import type { Reading } from '../wire/wire'
import { text, word } from './text'

/** `97`, `128/79 (95)`. */
export function whole(reading: Reading): string {
  const mean = meanOf(reading)
  return digitsOf(reading) + (mean === undefined ? '' : ` (${mean})`)
}

export const unit = (ucum: string): string => word(text.unit, ucum)

export const reason = (said: string | undefined): string => (said === undefined ? '' : word(text.reason, said))

/** Words among the flags that say which way a value came: no remark of the monitor's. */
const VIA = 'via '

/** `com3, oximeter`; `vr via VitalRecorder, ECG`. */
export function source(reading: Reading): string {
  const way = (reading.flags ?? []).filter((flag) => flag.startsWith(VIA))
  const from = [reading.source, ...way].join(' ')
  return text.source(from, reading.origin === undefined ? '' : word(text.origin, reading.origin))
}

/** What the monitor says beside a value. */
export const remarks = (reading: Reading): readonly string[] =>
  (reading.flags ?? []).filter((flag) => !flag.startsWith(VIA))

/** Label of a tile: the vital, and the site where there are several. */
export function label(name: { label: string; site: string }): string {
  return word(text.label, name.label) + (name.site ? ` ${name.site}` : '')
}
