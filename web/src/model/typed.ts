/** Values a person read off a monitor and typed (L7): they stand where the monitor has none, and always as what they are. */
import type { NamedValue } from '../wire/wire'
import { cuffState } from './freshness'
import { counts, type Line } from './lines'

/** What can be typed: a vital, the unit it is typed in, and what its fields are. */
export const TYPED = [
  { vital: 'nibp', unit: 'mm[Hg]', fields: ['systolic', 'diastolic', 'mean'] },
  { vital: 'heart_rate', unit: '/min', fields: ['value'] },
  { vital: 'spo2', unit: '%', fields: ['value'] },
  { vital: 'resp_rate', unit: '/min', fields: ['value'] },
  { vital: 'temperature', unit: 'Cel', fields: ['value'] },
] as const

/** Digits of a bedside monitor; everything else is a slip of the finger. */
const DIGITS = /^\d{1,3}([.,]\d)?$/

/** The digits as the wire wants them; `undefined` when they are none. */
export function digitsTyped(text: string): string | undefined {
  const trimmed = text.trim()
  return DIGITS.test(trimmed) ? trimmed.replace(',', '.') : undefined
}

/** What of the form can be sent; `wrong` are the fields with something else than digits in them. */
export function readTyped(fields: Readonly<Record<string, string>>): {
  readonly values: NamedValue[]
  readonly wrong: string[]
} {
  const wrong = Object.keys(fields).filter(
    (name) => (fields[name] ?? '').trim() !== '' && digitsTyped(fields[name] ?? '') === undefined,
  )
  const values = TYPED.flatMap(({ vital, fields: names }): NamedValue[] => {
    const digits = names.map((name) => digitsTyped(fields[`${vital} ${name}`] ?? ''))
    const [first, second, mean] = digits
    if (digits.every((it) => it === undefined)) return []
    // A pressure has both; the mean may be missing.
    if (names.length > 1 && (first === undefined || second === undefined)) {
      wrong.push(`${vital} ${first === undefined ? 'systolic' : 'diastolic'}`)
      return []
    }
    return [{ vital, values: [first, second, mean].filter((it) => it !== undefined) }]
  })
  return { values, wrong }
}

/** A typed value of a vital. */
export interface TypedValue {
  readonly values: readonly string[]
  readonly wallUs: number
  readonly by: string
  readonly line: Line
  /** By its age, as a cuff reading: nobody typed anything newer. */
  readonly state: 'current' | 'old' | 'lost'
}

/** The typed values of a vital that count, newest first. */
export function typedOf(lines: readonly Line[], vital: string, nowUs: number | undefined): TypedValue[] {
  const found = lines.flatMap((line): TypedValue[] => {
    if (line.act.is !== 'typed' || !counts(line)) return []
    const value = line.act.values.find((it) => it.vital === vital)
    if (value === undefined) return []
    const state = nowUs === undefined ? 'lost' : cuffState(Math.max(0, nowUs - line.wallUs), 0)
    return [{ values: value.values, wallUs: line.wallUs, by: line.by.name, line, state }]
  })
  return found.sort((a, b) => b.wallUs - a.wallUs)
}

/** `128/79 (95)`, `97`. */
export function typedText(values: readonly string[]): string {
  const [first = '--', second, mean] = values
  return second === undefined ? first : `${first}/${second}${mean === undefined ? '' : ` (${mean})`}`
}

/** `AB` of `Ann Beck` and of `Beck, Ann`: beside a typed value, where a name is too long. */
export function initials(name: string): string {
  const [family = '', given] = name.split(',')
  const inOrder = given === undefined ? family : `${given} ${family}`
  const words = inOrder.split(/[\s-]+/).filter((word) => word !== '')
  return words.map((word) => word.charAt(0).toUpperCase()).join('')
}
