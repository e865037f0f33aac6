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

/** `com3, oximeter`. */
export function source(reading: Reading): string {
  return text.source(reading.source, reading.origin === undefined ? '' : word(text.origin, reading.origin))
}

/** Label of a tile: the vital, and the site where there are several. */
export function label(name: { label: string; site: string }): string {
  return word(text.label, name.label) + (name.site ? ` ${name.site}` : '')
}
