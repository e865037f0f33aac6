/** Acts, limits and changes in words. */

import type { Line } from '../model/lines'
import { skipOf } from '../model/lists'
import { typedText } from '../model/typed'
import type { Act, NamedValue } from '../wire/wire'
import { f } from './forms'
import { rounded } from './rounded'
import { text, word } from './text'

const t = text.session

/** `HR 72, NIBP 118/74 (89)`. */
export function valuesText(values: readonly NamedValue[]): string {
  return values
    .map(({ vital, values }) => `${word(text.label, vital)} ${typedText(values.map((it) => shown(it, vital)))}`)
    .join(', ')
}

/** Digits of a baseline as the tiles show them. */
const UNITS: Readonly<Record<string, string>> = { nibp: 'mm[Hg]', art: 'mm[Hg]', spo2: '%', temperature: 'Cel' }
const shown = (digits: string, vital: string) => rounded(digits, vital, UNITS[vital] ?? '')

/** `Nausea 2 moderate`, `Side effect: headache, mild`. */
function entryText({ entry, score, text: typed }: Act & { is: 'entry' }): string {
  if (entry === 'note') {
    const skip = skipOf(typed)
    if (skip !== undefined) return f.act.skipped(word(f.entry, skip.kind), skip.reason)
  }
  const scale = f.scores[entry]
  const meaning = score === undefined ? undefined : scale?.[score]
  const number = score === undefined ? '' : ` ${score}${meaning === undefined ? '' : ` ${meaning}`}`
  const name = word(f.entry, entry)
  if (entry === 'side effect') return `${word(f.effects, typed)}${number}`
  return `${name}${number}${typed === '' ? '' : `: ${typed}`}`
}

/** What was done, in one line. */
export function actText(act: Act): string {
  switch (act.is) {
    case 'opened':
      return act.planned ? f.act.planned : f.act.opened
    case 'moved':
      return `${word(t.phase, act.to)}${act.reason === '' ? '' : `: ${act.reason}`}`
    case 'claimed':
      return f.act.claimed
    case 'baseline':
      return f.act.baseline(valuesText(act.values))
    case 'entry':
      return entryText(act)
    case 'typed':
      return f.act.typed(valuesText(act.values))
    case 'artefact':
      return `${f.act.artefact(word(text.label, act.vital))}: ${act.reason}`
    case 'undo':
      return f.act.undo
    case 'handedOver':
      return f.act.handedOver(act.to.name)
    case 'accepted':
      return `${f.act.accepted(act.source)}: ${act.reason}`
    case 'acknowledged':
      return f.act.acknowledged(word(text.clinic.kind, act.notice))
    case 'limited':
      return `${f.act.limited(word(text.clinic.kind, act.notice))}: ${act.reason}`
    default:
      return (act as { is: string }).is
  }
}

/** Whether a line stands in the list of entries: an undoing stands at what it undid, once it is on its way. */
export const isListed = ({ act, is }: Line): boolean => act.is !== 'undo' || is === 'refused' || is === 'waiting'
