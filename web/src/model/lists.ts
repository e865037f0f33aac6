/**
 * The two lists of a session: what is asked before it, and what has to be so before the patient leaves. Both are read off the
 * entries; nothing is ticked by itself.
 */
import { entries, type Line } from './lines'

/** What is asked at check-in, in the order of the form: the kind of its entry, and whether it says nothing without a text. */
export const CHECKS = [
  { kind: 'identity confirmed', needsText: false },
  { kind: 'consent seen', needsText: false },
  { kind: 'indication', needsText: true },
  { kind: 'allergies', needsText: true },
  { kind: 'fasting', needsText: true },
  { kind: 'medicines', needsText: true },
  { kind: 'weight', needsText: true },
  { kind: 'escort', needsText: true },
  { kind: 'scale', needsText: true },
] as const

/** An item that is left out is a note of this form, the same in all languages: the record says which one, and why. */
const SKIPPED = 'skipped: '

/** The note that says that an item was left out. */
export const skipNote = (kind: string, reason: string): string => `${SKIPPED}${kind}: ${reason}`

/** Which item a note leaves out, and why. */
export function skipOf(text: string): { readonly kind: string; readonly reason: string } | undefined {
  if (!text.startsWith(SKIPPED)) return undefined
  const known = [...CHECKS].find(({ kind }) => text.startsWith(`${SKIPPED}${kind}: `))
  return known && { kind: known.kind, reason: text.slice(SKIPPED.length + known.kind.length + 2) }
}

export interface Checked {
  readonly kind: string
  readonly needsText: boolean
  readonly is: 'open' | 'done' | 'skipped'
  /** What was typed, or why it was left out; several texts of scales. */
  readonly texts: readonly string[]
  /** The newest entry of it. */
  readonly line: Line | undefined
}

/** The check-in list as it stands. */
export function checkIn(lines: readonly Line[]): Checked[] {
  const skips = entries(lines, 'note').flatMap((line) => {
    const skip = skipOf(line.act.text)
    return skip === undefined ? [] : [{ ...skip, line }]
  })
  return CHECKS.map(({ kind, needsText }) => {
    const found = entries(lines, kind)
    if (found.length > 0)
      return { kind, needsText, is: 'done', texts: found.map(({ act }) => act.text), line: found.at(-1) }
    const skip = skips.findLast((it) => it.kind === kind)
    if (skip !== undefined) return { kind, needsText, is: 'skipped', texts: [skip.reason], line: skip.line }
    return { kind, needsText, is: 'open', texts: [], line: undefined }
  })
}

export interface Ready {
  readonly text: string
  readonly line: Line | undefined
}

/** The clinic's list for leaving, each with the entry that says it is so. */
export function readiness(list: readonly string[], lines: readonly Line[]): Ready[] {
  const done = entries(lines, 'readiness')
  return list.map((text) => ({ text, line: done.findLast(({ act }) => act.text === text) }))
}

/** A clinician's "go" that counts. */
export const wentGo = (lines: readonly Line[]): Line | undefined => entries(lines, 'go').at(-1)
