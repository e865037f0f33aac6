/** From columns to panels: which series stand together, where a line breaks. Pure. */
import { type Column, MARK } from '../feed/trend'
import { text, word } from '../format/text'
import type { Mark, Panel, Series, Values } from './plot'
import { type Sources, type Stretch, shownAt, stretches } from './sources'

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
  /** Lines of one group are never drawn at the same time: they follow one another as the tile's source changed. */
  readonly group: string
  /** When this column is the one that is shown; undefined for always. */
  readonly shown: readonly Stretch[] | undefined
  readonly part: 'a' | 'b' | 'pair'
  readonly label: string
  readonly color: string
  readonly dash: readonly number[]
  readonly look: Series['look']
}

/** Columns among which a tile chooses: one vital, the pulse of an arterial line apart. Of a cuff every measurement counts. */
export interface Group {
  readonly name: string
  readonly columns: readonly Column[]
  /** Which of them the tile showed when; undefined where there is nothing to choose. */
  readonly shown: readonly Stretch[] | undefined
}

/** The columns with a point in the span, in groups. */
export function groups(columns: readonly Column[], sources: Sources, from: number, to: number): Group[] {
  const found = new Map<string, Column[]>()
  for (const column of columns) {
    if (column.from(from) >= column.length) continue
    const { vital, source, origin, unit, cuff } = column
    const name = cuff
      ? `${vital} ${source} ${unit}`
      : `${vital}${origin === 'line' && vital === 'pulse_rate' ? ' line' : ''}`
    const list = found.get(name) ?? []
    list.push(column)
    found.set(name, list)
  }
  return [...found].map(([name, list]) => {
    const chosen = list.length > 1 && list.every(({ cuff }) => !cuff)
    return { name, columns: list, shown: chosen ? stretches(list, sources, from, to) : undefined }
  })
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

function lines(grouped: readonly Group[]): Map<string, Line[]> {
  const panels = new Map<string, Line[]>()
  const newest = (column: Column) => column.time(column.length - 1)
  const cuffs = grouped.flatMap(({ columns }) => columns.filter(({ vital }) => vital === 'nibp'))
  // One name for all cuffs, where the newest measurement stands; which one measured is in the table.
  const lastCuff = cuffs.reduce(
    (a: Column | undefined, b) => (a === undefined || newest(b) > newest(a) ? b : a),
    undefined,
  )
  for (const { name: group, columns, shown } of grouped) {
    // The lines of a group have one name, at the end of the one that is shown now.
    const last = shown?.at(-1)?.column ?? columns[0]
    for (const column of columns) {
      const { vital, unit, cuff } = column
      const color = COLORS[vital]
      if (color === undefined || (shown !== undefined && !shown.some((it) => it.column === column))) continue
      const kind = vital === 'spo2' ? 'spo2' : vital === 'resp_rate' ? 'resp' : unit === 'kPa' ? 'pressure' : 'rates'
      const name = word(text.label, vital)
      const label = column === (vital === 'nibp' ? lastCuff : cuff ? column : last) ? name : ''
      const look = { column, group, shown, color, dash: DASHES[0] }
      const into = panels.get(kind) ?? []
      panels.set(kind, into)
      if (vital === 'nibp') into.push({ ...look, part: 'pair', label, look: 'carets' })
      else if (vital === 'art') {
        into.push({ ...look, part: 'a', label, look: 'line' }, { ...look, part: 'b', label: '', look: 'line' })
      } else into.push({ ...look, part: 'a', label, look: cuff ? 'points' : 'line' })
    }
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
    const alike = new Set(drawn.filter(({ color }) => color === line.color).map((it) => it.group))
    return { ...line, dash: DASHES[Math.min([...alike].indexOf(line.group), DASHES.length - 1)] ?? [] }
  })
}

/** How long before the next source begins the line of the one before ends, in seconds: less than any two points are apart. */
const BREAK_S = 0.0005

/**
 * Times of a column within a span, with one extra time inside each gap and where another source takes over: there the line
 * is to break.
 */
function points(line: Line, from: number, to: number, gap: number): Map<number, [number | null, number | null]> {
  const { column, part, shown } = line
  const found = new Map<number, [number | null, number | null]>()
  const number = (value: number) => (Number.isNaN(value) ? null : value)
  let before = Number.NaN
  for (let i = column.from(from); i < column.length && column.time(i) <= to; i++) {
    const time = column.time(i)
    if (shown !== undefined && shownAt(shown, time) !== column) continue
    if (line.look === 'line' && time - before > gap) found.set(before + gap / 2, [null, null])
    const absent = (column.mark(i) & MARK.absent) !== 0
    found.set(time, absent ? [null, null] : [number(part === 'b' ? column.b(i) : column.a(i)), number(column.b(i))])
    before = time
  }
  for (const next of shown ?? []) if (next.column !== column) found.set(next.from - BREAK_S, [null, null])
  found.delete(Number.NEGATIVE_INFINITY)
  return found
}

/** A gap reaches from the last value before it to the first one after it, whatever other times stand between. */
function gapsWhole(values: Values): Values {
  const whole = [...values]
  for (const way of [1, -1]) {
    for (let i = way > 0 ? 1 : whole.length - 2; i >= 0 && i < whole.length; i += way)
      if (whole[i] === undefined && whole[i - way] === null) whole[i] = null
  }
  return whole
}

/** Where the source of a line changed within the span, with the name of the one that took over. */
function changes(group: readonly Line[], from: number, to: number): Mark[] {
  const several = new Set(group.map(({ column }) => column.vital)).size > 1
  const each = new Map(group.map((line) => [line.group, line.shown ?? []]))
  return [...each.values()].flatMap((shown) =>
    shown.flatMap(({ from: time, column }, n) => {
      const before = shown[n - 1]?.column
      if (before === undefined || time <= from || time > to) return []
      const name = before.source === column.source ? word(text.origin, column.origin) : column.source
      return [{ time, label: several ? `${word(text.label, column.vital)} ${name}` : name }]
    }),
  )
}

const ORDER = ['rates', 'pressure', 'spo2', 'resp'] as const

/** The panels of a chair between two times (UTC seconds). */
export function panels(columns: readonly Column[], sources: Sources, from: number, to: number): TrendPanel[] {
  const grouped = lines(groups(columns, sources, from, to))
  return ORDER.flatMap((kind) => {
    const group = grouped.get(kind)
    if (group === undefined) return []
    const all = group.map((line) => points(line, from, to, gapS(sources.everyUs(line.column.source))))
    const times = [...new Set(all.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b)
    const series = group.map((line, n): Series => {
      const values = gapsWhole(times.map((time) => all[n]?.get(time)?.[0]))
      const { label, color, dash, look } = line
      if (look !== 'carets') return { label, color, dash, look, values }
      return { label, color, dash, look, values, low: times.map((time) => all[n]?.get(time)?.[1]) }
    })
    const units = new Set(group.map(({ column }) => word(text.unit, column.unit)))
    const titles = new Set(group.map(({ column }) => word(text.label, column.vital)))
    const marks = changes(group, from, to)
    return [{ kind, title: [...titles].join(', '), unit: [...units].join(', '), times, series, marks }]
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

/** A column of the table twin: what one tile showed. */
export interface Head {
  readonly vital: string
  readonly unit: string
  /** Its only source; undefined where each cell names its own. */
  readonly source: string | undefined
}

/** One row of the table twin: a minute and the last value of each column in it. */
export interface Row {
  readonly minute: number
  readonly cells: readonly Cell[]
}

export interface Cell {
  readonly text: string
  readonly doubtful: boolean
  readonly synthetic: boolean
  /** Named where there are several in this column. */
  readonly source: string | undefined
}

const EMPTY: Cell = { text: '', doubtful: false, synthetic: false, source: undefined }

/** The same numbers as a table, newest minute first; minutes without any value are left out. */
export function table(
  columns: readonly Column[],
  sources: Sources,
  from: number,
  to: number,
): { readonly heads: readonly Head[]; readonly rows: readonly Row[] } {
  // One unit to a column.
  const all = groups(columns, sources, from, to).flatMap((group) =>
    [...new Set(group.columns.map(({ unit }) => unit))].map((unit) => ({
      ...group,
      unit,
      columns: group.columns.filter((column) => column.unit === unit),
    })),
  )
  const heads = all.map(({ columns: [first], unit, shown }) => {
    return { vital: first?.vital ?? '', unit, source: shown === undefined ? first?.source : undefined }
  })
  const rows: Row[] = []
  for (let minute = Math.floor(to / 60) * 60; minute > from - 60; minute -= 60) {
    const cells = all.map((group) => cell(group, Math.max(minute, from), minute + 60))
    if (cells.some(({ text: said }) => said !== '')) rows.push({ minute, cells })
  }
  return { heads, rows }
}

/** The last point of a group that was shown in these seconds. */
function cell({ columns, shown }: Pick<Group, 'columns' | 'shown'>, from: number, to: number): Cell {
  let last: { column: Column; i: number } | undefined
  for (const column of columns) {
    for (let i = column.from(to) - 1; i >= 0 && column.time(i) >= from; i--) {
      if (shown !== undefined && shownAt(shown, column.time(i)) !== column) continue
      if (last === undefined || column.time(i) > last.column.time(last.i)) last = { column, i }
      break
    }
  }
  if (last === undefined) return EMPTY
  const { column, i } = last
  const mark = column.mark(i)
  const source =
    shown === undefined ? undefined : text.source(column.source, column.origin && word(text.origin, column.origin))
  if ((mark & MARK.absent) !== 0) return { ...EMPTY, text: '--', source }
  return {
    text: column.text(i),
    doubtful: (mark & MARK.questionable) !== 0,
    synthetic: (mark & MARK.synthetic) !== 0,
    source,
  }
}
