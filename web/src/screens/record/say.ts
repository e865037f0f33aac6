/** The acts of a record in words, also those that came after the session. */

import { actText } from '../../format/act'
import { f } from '../../format/forms'
import { text, word } from '../../format/text'
import { countdown } from '../../format/time'
import { unit } from '../../format/value'
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

/** Lines of the summary about a vital, whose name stands somewhere in their key. */
const PATTERNS: readonly (readonly [RegExp, (vital: string, more: string) => string])[] = [
  [/^peak (\w+)$/, (vital) => r.peak(vital)],
  [/^lowest (\w+)$/, (vital) => r.lowest(vital)],
  [/^baseline (\w+)$/, (vital) => r.baselineOf(vital)],
  [/^time with (\w+) below (.+)$/, (vital, numbers) => r.timeBelow(vital, against(numbers))],
]

/** `90 (fixed)`, `92 (limit), then 88 (own limit)`: what time was counted against, as it stood. */
const against = (numbers: string): string =>
  numbers
    .split(', then ')
    .map((it) => it.replace(/\((.+)\)$/, (_, whose) => `(${word(r.against, whose)})`))
    .join(`, ${r.againstThen} `)

/** What a line of the summary is about: `peak systolic`, `time with spo2 below 90 (fixed)`; an unknown key is shown as it came. */
export function summaryName(key: string): string {
  if (Object.hasOwn(r.summaryKey, key)) return word(r.summaryKey, key)
  const [, systolic, diastolic] = /^time with pressure from (.+) systolic or (.+) diastolic on$/.exec(key) ?? []
  if (systolic !== undefined && diastolic !== undefined) return r.timeAbove(against(systolic), against(diastolic))
  for (const [pattern, say] of PATTERNS) {
    const [, vital, more = ''] = pattern.exec(key) ?? []
    if (vital !== undefined && Object.hasOwn(text.label, vital)) return say(word(text.label, vital), more)
  }
  return key
}

/** `0:24` of seconds, digits with their unit, `--` where there is none. */
export function figureText(value: string, ucum: string): string {
  if (value === '') return '--'
  if (ucum === 's' && /^\d+$/.test(value)) return countdown(Number(value) * 1e6)
  const named = unit(ucum)
  return named === '' ? value : `${value} ${named}`
}
