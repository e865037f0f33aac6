/** From columns to panels: which series stand together, where a line breaks. Pure. */
import { type Column, MARK } from '../feed/trend'
import { text, word } from '../format/text'
import type { Panel, Series, Values } from './plot'

/** One panel of a trend. */
export interface TrendPanel extends Panel {
  readonly kind: 'rates' | 'pressure' | 'spo2' | 'resp'
  readonly title: string
  readonly unit: string
}

/** A line breaks where two points are further apart than this: max(10 s, 3 T), as a value would be lost. */
export function gapS(everyUs: number): number {
  return Math.max(10, (3 * everyUs) / 1e6)
}

interface Line {
  readonly column: Column
  readonly part: 'a' | 'b' | 'pair'
  readonly label: string
  readonly color: string
  readonly dash: readonly number[]
  readonly look: Series['look']
}

const COLORS: Record<string, string> = {
  heart_rate: '--hr',
  pulse_rate: '--hr',
  spo2: '--spo2',
  resp_rate: '--rr',
  nibp: '--nibp',
  art: '--nibp',
}

/** The vitals in the order in which lines of one colour are given a dash. */
const SOLID_FIRST = Object.keys(COLORS)

/**
 * Dashes of the first, second and any further line of one colour in a panel. Only a line that needs to be told from
 * another is dashed: dashes alone read as gaps. They are short beside a gap, which is at least 10 s wide.
 */
const DASHES = [[], [7, 3], [2, 2]] as const

function lines(columns: readonly Column[], from: number): Map<string, Line[]> {
  const panels = new Map<string, Line[]>()
  const sources = new Map<string, Set<string>>()
  for (const { vital, source } of columns) sources.set(vital, (sources.get(vital) ?? new Set()).add(source))
  for (const column of columns) {
    if (column.from(from) >= column.length) continue
    const { vital, unit, cuff } = column
    const color = COLORS[vital]
    if (color === undefined) continue
    const look = { color, dash: DASHES[0] }
    const kind = vital === 'spo2' ? 'spo2' : vital === 'resp_rate' ? 'resp' : unit === 'kPa' ? 'pressure' : 'rates'
    const name = word(text.label, vital)
    const several = (sources.get(vital)?.size ?? 0) > 1
    const label = several ? `${name} ${column.source}` : name
    const into = panels.get(kind) ?? []
    panels.set(kind, into)
    if (vital === 'nibp') into.push({ column, part: 'pair', label, ...look, look: 'carets' })
    else if (vital === 'art') {
      into.push(
        { column, part: 'a', label, ...look, look: 'line' },
        { column, part: 'b', label: '', ...look, look: 'line' },
      )
    } else into.push({ column, part: 'a', label, ...look, look: cuff ? 'points' : 'line' })
  }
  for (const [kind, group] of panels) panels.set(kind, dashed(group))
  return panels
}

/** Gives lines of one colour different dashes. Both lines of an arterial pressure are one thing. */
function dashed(group: readonly Line[]): Line[] {
  const rank = ({ column }: Line) => SOLID_FIRST.indexOf(column.vital)
  const drawn = group.filter(({ look }) => look === 'line').sort((a, b) => rank(a) - rank(b))
  return group.map((line) => {
    if (line.look !== 'line') return line
    const alike = new Set(drawn.filter(({ color }) => color === line.color).map(({ column }) => column))
    return { ...line, dash: DASHES[Math.min([...alike].indexOf(line.column), DASHES.length - 1)] ?? [] }
  })
}

/** Times of a column within a span, with one extra time inside each gap, where the line is to break. */
function points(line: Line, from: number, to: number, gap: number): Map<number, [number | null, number | null]> {
  const { column, part } = line
  const found = new Map<number, [number | null, number | null]>()
  const number = (value: number) => (Number.isNaN(value) ? null : value)
  let before = Number.NaN
  for (let i = column.from(from); i < column.length && column.time(i) <= to; i++) {
    const time = column.time(i)
    if (line.look === 'line' && time - before > gap) found.set(before + gap / 2, [null, null])
    const absent = (column.mark(i) & MARK.absent) !== 0
    found.set(time, absent ? [null, null] : [number(part === 'b' ? column.b(i) : column.a(i)), number(column.b(i))])
    before = time
  }
  return found
}

const ORDER = ['rates', 'pressure', 'spo2', 'resp'] as const

/** The panels of a chair between two times (UTC seconds). `everyUs` is the expected interval of a source. */
export function panels(
  columns: readonly Column[],
  everyUs: (source: string) => number,
  from: number,
  to: number,
): TrendPanel[] {
  const grouped = lines(columns, from)
  return ORDER.flatMap((kind) => {
    const group = grouped.get(kind)
    if (group === undefined) return []
    const all = group.map((line) => points(line, from, to, gapS(everyUs(line.column.source))))
    const times = [...new Set(all.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b)
    const series = group.map((line, n): Series => {
      const values: Values = times.map((time) => all[n]?.get(time)?.[0])
      const { label, color, dash, look } = line
      if (look !== 'carets') return { label, color, dash, look, values }
      return { label, color, dash, look, values, low: times.map((time) => all[n]?.get(time)?.[1]) }
    })
    const units = new Set(group.map(({ column }) => word(text.unit, column.unit)))
    const titles = new Set(group.map(({ column }) => word(text.label, column.vital)))
    return [{ kind, title: [...titles].join(', '), unit: [...units].join(', '), times, series }]
  })
}

/** Vertical axis: a usual range that grows when a value leaves it, so that a flat line looks flat. */
export function range(kind: TrendPanel['kind']): (low: number | null, high: number | null) => [number, number] {
  const [least, most, stepBy] = { rates: [40, 160, 20], pressure: [5, 22, 2], spo2: [85, 100, 5], resp: [0, 30, 10] }[
    kind
  ] as [number, number, number]
  const top = kind === 'spo2' ? 100 : Number.POSITIVE_INFINITY
  return (low, high) => [
    Math.min(least, Math.floor((low ?? least) / stepBy) * stepBy),
    // A little air, so that 100 % is a line and not the border.
    Math.min(top, Math.max(most, Math.ceil((high ?? most) / stepBy) * stepBy)) + (kind === 'spo2' ? 0.6 : 0),
  ]
}

/** One row of the table twin: a minute and the last value of each column in it. */
export interface Row {
  readonly minute: number
  readonly cells: readonly { readonly text: string; readonly doubtful: boolean; readonly synthetic: boolean }[]
}

/** The same numbers as a table, newest minute first; minutes without any value are left out. */
export function table(columns: readonly Column[], from: number, to: number): Row[] {
  const rows: Row[] = []
  for (let minute = Math.floor(to / 60) * 60; minute > from - 60; minute -= 60) {
    const cells = columns.map((column) => {
      const i = column.from(minute + 60) - 1
      const none = { text: '', doubtful: false, synthetic: false }
      if (i < 0 || column.time(i) < Math.max(minute, from)) return none
      const mark = column.mark(i)
      if ((mark & MARK.absent) !== 0) return { ...none, text: '--' }
      return {
        text: column.text(i),
        doubtful: (mark & MARK.questionable) !== 0,
        synthetic: (mark & MARK.synthetic) !== 0,
      }
    })
    if (cells.some((cell) => cell.text !== '')) rows.push({ minute, cells })
  }
  return rows
}
