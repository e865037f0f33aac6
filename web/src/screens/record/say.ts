/** The acts of a record in words, also those that came after the session. */

import { actText } from '../../format/act'
import { f } from '../../format/forms'
import { text, word } from '../../format/text'
import type { Act, Kept } from '../../wire/wire'
import { r } from './words'

/** What was done, in one line. */
export function saysOf({ act, entry }: Pick<Kept, 'act' | 'entry'>): string {
  switch (act.is) {
    case 'addendum':
      return act.text
    case 'corrected': {
      const score = act.score === undefined ? {} : { score: act.score }
      const now: Act = { is: 'entry', entry: entry ?? '', ...score, text: act.text }
      return actText(now)
    }
    case 'signed':
      return act.meaning
    case 'undo':
      return `${f.act.undo}: ${act.reason}`
    default:
      return actText(act)
  }
}

/** What kind of line it is. */
export const kindOf = (act: Act): string => word(r.actKind, act.is)

/** `Systolic 182, limit 180`. */
export const noticeName = (notice: string): string => word(text.clinic.kind, notice)

/** What a line of the summary is about: `peak systolic`, `coverage spo2`. */
export function summaryName(key: string): string {
  if (Object.hasOwn(r.summaryKey, key)) return word(r.summaryKey, key)
  const [first = '', ...rest] = key.split(' ')
  const vital = rest.join(' ')
  const pattern = Object.hasOwn(r.summaryOf, first) ? r.summaryOf[first] : undefined
  return pattern === undefined || !Object.hasOwn(text.label, vital) ? key : pattern(word(text.label, vital))
}
