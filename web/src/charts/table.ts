/** The table twin of a trend: the same numbers in rows, for whoever cannot see a canvas. Pure. */
import type { Column } from '../feed/trend'
import { MARK } from '../feed/trend'
import { text, word } from '../format/text'
import { reason } from '../format/value'
import { type Group, groups, type Material, rankOf } from './series'
import { Hers, type Look, type TrendSession, type TypedPoint } from './session'
import { shownAt } from './sources'

/** A column of the table twin: what one tile showed. */
export interface Head {
  readonly vital: string
  readonly site: string
  readonly unit: string
  /** Its only source; undefined where each cell names its own. */
  readonly source: string | undefined
}

/** One row: a window of time and the last value of each column in it. */
export interface Row {
  /** Where it begins. */
  readonly time: number
  readonly cells: readonly Cell[]
  /** What people entered in it, and the phases that began. */
  readonly entries: readonly string[]
}

export interface Cell {
  /** Digits as sent, or why there are none; empty where a cuff was not measured. */
  readonly text: string
  /** Digits, not words. */
  readonly number: boolean
  readonly look: Look | 'typed'
  readonly synthetic: boolean
  /** Named where there are several in this column. */
  readonly source: string | undefined
}

const EMPTY: Cell = { text: '', number: false, look: 'plain', synthetic: false, source: undefined }

interface Wide extends Group {
  readonly vital: string
  readonly unit: string
  readonly typed: readonly TypedPoint[]
}

/**
 * Rows of `stepS` seconds, newest first, counted from T+0 or else by the clock. A window in which nothing came is a row as
 * any other: it is a gap.
 */
export function table(
  material: Material,
  from: number,
  to: number,
  stepS: number,
): { readonly heads: readonly Head[]; readonly rows: readonly Row[] } {
  const { session, columns } = material
  const hers = new Hers(session, columns)
  const all = wide(material, from, to)
  const heads = all.map(({ vital, unit, shown, columns: [first] }) => {
    return { vital, site: first?.site ?? '', unit, source: shown === undefined ? first?.source : undefined }
  })
  const rows: Row[] = []
  const origin = session?.t0 ?? 0
  const least = Math.max(from, hers.since)
  for (let n = Math.floor((to - origin) / stepS); origin + (n + 1) * stepS > least && all.length > 0; n--) {
    const time = origin + n * stepS
    const [first, end] = [Math.max(time, least), Math.min(time + stepS, to + 1)]
    const cells = all.map((group) => cell(group, hers, first, end))
    rows.push({ time, cells, entries: entriesIn(session, first, end) })
  }
  return { heads, rows }
}

function entriesIn(session: TrendSession | undefined, from: number, to: number): string[] {
  const within = ({ time }: { readonly time: number }) => time >= from && time < to
  const phases = (session?.phases ?? []).map((it) => ({ time: it.from, says: word(text.session.phase, it.phase) }))
  const all = [...phases, ...(session?.events ?? [])].filter(within)
  return all.sort((a, b) => a.time - b.time).map(({ says }) => says)
}

/** One unit to a column, and a column for what was only typed. */
function wide(material: Material, from: number, to: number): Wide[] {
  const typed = (material.session?.typed ?? []).filter(({ time }) => time >= from && time <= to)
  const hands = new Map<string, TypedPoint[]>()
  for (const point of typed) hands.set(point.vital, [...(hands.get(point.vital) ?? []), point])
  const measured = groups(material, from, to).flatMap((group) =>
    [...new Set(group.columns.map(({ unit }) => unit))].map((unit): Wide => {
      const vital = group.columns[0]?.vital ?? ''
      // Beside the first of several columns of a vital.
      const own = hands.get(vital) ?? []
      hands.delete(vital)
      return { ...group, vital, unit, columns: group.columns.filter((it) => it.unit === unit), typed: own }
    }),
  )
  const only = [...hands].map(
    ([vital, points]): Wide => ({ name: vital, columns: [], shown: undefined, vital, unit: '', typed: points }),
  )
  return [...measured, ...only].sort((a, b) => rankOf(a.vital) - rankOf(b.vital))
}

/** The last point of a group that was shown in these seconds. */
function cell({ columns, shown, typed }: Wide, hers: Hers, from: number, to: number): Cell {
  const last = lastIn({ columns, shown }, hers, from, to)
  const hand = typed.findLast(({ time }) => time >= from && time < to)
  if (hand !== undefined && (last === undefined || hand.time > last.column.time(last.i)))
    return { ...EMPTY, text: byHand(hand), number: true, look: 'typed' }
  if (last === undefined) return columns.some(({ cuff }) => !cuff) ? { ...EMPTY, text: text.chart.nothing } : EMPTY
  const { column, i } = last
  const mark = column.mark(i)
  const source =
    shown === undefined ? undefined : text.source(column.source, column.origin && word(text.origin, column.origin))
  const look = hers.look(column)(i)
  const synthetic = (mark & MARK.synthetic) !== 0
  if (look === undefined) return { ...EMPTY, text: reason(column.reason(i)) || text.noReading, synthetic, source }
  return { text: column.text(i), number: true, look, synthetic, source }
}

function lastIn({ columns, shown }: Pick<Group, 'columns' | 'shown'>, hers: Hers, from: number, to: number) {
  let last: { column: Column; i: number } | undefined
  for (const column of columns) {
    for (let i = column.from(to) - 1; i >= 0 && column.time(i) >= from; i--) {
      if (!hers.has(column, i) || (shown !== undefined && shownAt(shown, column.time(i)) !== column)) continue
      if (last === undefined || column.time(i) > last.column.time(last.i)) last = { column, i }
      break
    }
  }
  return last
}

/** `118/74 (89)`, as typed. */
function byHand({ values: [first = '', second, mean] }: TypedPoint): string {
  return `${first}${second === undefined ? '' : `/${second}`}${mean === undefined ? '' : ` (${mean})`}`
}
