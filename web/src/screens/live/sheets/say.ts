/** Acts, limits and changes in words. */
import { rounded } from '../../../format/rounded'
import { text, word } from '../../../format/text'
import type { Line } from '../../../model/lines'
import { skipOf } from '../../../model/lists'
import { typedText } from '../../../model/typed'
import type { Act, NamedValue } from '../../../wire/wire'

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
    if (skip !== undefined) return t.act.skipped(word(t.entry, skip.kind), skip.reason)
  }
  const scale = t.scores[entry]
  const meaning = score === undefined ? undefined : scale?.[score]
  const number = score === undefined ? '' : ` ${score}${meaning === undefined ? '' : ` ${meaning}`}`
  const name = word(t.entry, entry)
  if (entry === 'side effect') return `${word(t.effects, typed)}${number}`
  return `${name}${number}${typed === '' ? '' : `: ${typed}`}`
}

/** What was done, in one line. */
export function actText(act: Act): string {
  switch (act.is) {
    case 'opened':
      return act.planned ? t.act.planned : t.act.opened
    case 'moved':
      return `${word(t.phase, act.to)}${act.reason === '' ? '' : `: ${act.reason}`}`
    case 'claimed':
      return t.act.claimed
    case 'baseline':
      return t.act.baseline(valuesText(act.values))
    case 'entry':
      return entryText(act)
    case 'typed':
      return t.act.typed(valuesText(act.values))
    case 'artefact':
      return `${t.act.artefact(word(text.label, act.vital))}: ${act.reason}`
    case 'undo':
      return t.act.undo
    case 'handedOver':
      return t.act.handedOver(act.to.name)
    case 'accepted':
      return `${t.act.accepted(act.source)}: ${act.reason}`
    case 'acknowledged':
      return t.act.acknowledged(word(text.clinic.kind, act.notice))
    case 'limited':
      return `${t.act.limited(word(text.clinic.kind, act.notice))}: ${act.reason}`
    default:
      return (act as { is: string }).is
  }
}

/** Whether a line stands in the list of entries: an undoing stands at what it undid. */
export const isListed = ({ act }: Line): boolean => act.is !== 'undo'
