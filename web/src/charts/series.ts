/** From columns to panels: which series stand together, where a line breaks. Pure. */
import type { Column } from '../feed/trend'
import { text, word } from '../format/text'
import type { Level, Mark, Panel, Series, Shape, Spot, Values } from './plot'
import { type Baseline, Hers, type TrendSession, type TypedPoint } from './session'
import { EACH_SITE, type Sources, type Stretch, stretches } from './sources'
import { gapS, type Track, track } from './track'

type Kind = 'rates' | 'pressure' | 'spo2' | 'resp' | 'etco2' | 'temperature'

/** One panel of a trend. */
export interface TrendPanel extends Panel {
  readonly kind: Kind
  readonly title: string
  /** For people. */
  readonly unit: string
  /** UCUM, of what has an axis of its own for each unit; else empty. */
  readonly code: string
}

/** What a trend is drawn from. */
export interface Material {
  readonly columns: readonly Column[]
  readonly sources: Sources
  readonly session: TrendSession | undefined
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

/** Whether a column has a point in the span that is drawn. Where a clock was set back its last one may be somebody else's. */
function within(column: Column, hers: Hers, from: number, to: number): boolean {
  const first = column.from(Math.max(from, hers.since))
  for (let i = column.length - 1; i >= first; i--) if (column.time(i) <= to && hers.has(column, i)) return true
  return false
}

/** The columns with a point in the span, in groups. */
export function groups({ columns, sources, session }: Material, from: number, to: number): Group[] {
  const hers = new Hers(session, columns)
  const found = new Map<string, Column[]>()
  for (const column of columns) {
    if (!within(column, hers, from, to)) continue
    const { vital, source, origin, unit, cuff, site } = column
    const own = origin === 'line' && vital === 'pulse_rate' ? ' line' : EACH_SITE.has(vital) ? ` ${site} ${unit}` : ''
    const name = cuff ? `${vital} ${source} ${unit}` : `${vital}${own}`
    const list = found.get(name) ?? []
    list.push(column)
    found.set(name, list)
  }
  return [...found].map(([name, list]) => {
    const chosen = list.length > 1 && list.every(({ cuff }) => !cuff)
    return { name, columns: list, shown: chosen ? stretches(list, sources, Math.max(from, hers.since), to) : undefined }
  })
}

const COLORS: Readonly<Record<string, string>> = {
  heart_rate: '--hr',
  pulse_rate: '--hr',
  spo2: '--spo2',
  resp_rate: '--rr',
  nibp: '--nibp',
  art: '--nibp',
  etco2: '--text',
  temperature: '--text',
}

/** What tells the lines apart besides colour and name. */
const SHAPES: Readonly<Record<string, Shape>> = {
  heart_rate: 'disc',
  pulse_rate: 'ring',
  spo2: 'diamond',
  resp_rate: 'square',
  etco2: 'triangle',
  temperature: 'plus',
}

/** The vitals in the order in which lines of one colour are given a dash. */
const SOLID_FIRST = Object.keys(COLORS)

/** The vitals in the order of the tiles. */
const TABLE_ORDER = ['heart_rate', 'pulse_rate', 'spo2', 'nibp', 'art', 'resp_rate', 'etco2', 'temperature']

export const rankOf = (vital: string): number => TABLE_ORDER.indexOf(vital)

/**
 * Dashes of the first, second and any further line of one colour in a panel. Only a line that needs to be told from
 * another is dashed: dashes alone read as gaps. They are short beside a gap, which is at least 10 s wide.
 */
const DASHES = [[], [7, 3], [2, 2]] as const

/** Kind of the panel of a vital in this unit, and the unit where each has a panel of its own. */
function place(vital: string, unit: string): readonly [Kind, string] {
  if (vital === 'spo2') return ['spo2', '']
  if (vital === 'resp_rate') return ['resp', '']
  if (vital === 'etco2' || vital === 'temperature') return [vital, unit]
  return unit === 'kPa' ? ['pressure', ''] : ['rates', '']
}

/** Name of the panel of a vital in this unit: its kind and, where each unit has its own, the unit. */
export const panelKey = (vital: string, unit: string) => place(vital, unit).join(' ')

const nameOf = ({ vital, site }: Column) => word(text.label, vital) + (EACH_SITE.has(vital) && site ? ` ${site}` : '')

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
      const label = column === (vital === 'nibp' ? lastCuff : cuff ? column : last) ? nameOf(column) : ''
      const look = { column, group, shown, color, dash: DASHES[0] }
      const into = panels.get(panelKey(vital, unit)) ?? []
      panels.set(panelKey(vital, unit), into)
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

/**
 * Values of a track at the common times. What says nothing about a time is `undefined`, unless the line is broken there: a
 * gap reaches from the last value before it to the first one after it, whatever other times stand between.
 */
function spread(times: readonly number[], own: readonly number[], values: readonly (number | null)[]): Values {
  const whole: Values = new Array(times.length)
  let n = 0
  let open = false
  times.forEach((time, i) => {
    if (own[n] === time) {
      whole[i] = values[n]
      n += 1
      open = whole[i] === null
    } else whole[i] = open ? null : undefined
  })
  for (let i = times.length - 2; i >= 0; i--) if (whole[i] === undefined && whole[i + 1] === null) whole[i] = null
  return whole
}

/** All times of some tracks, once each, in order. */
function common(tracks: readonly Track[]): number[] {
  const [only] = tracks
  if (tracks.length === 1 && only !== undefined) return only.times
  const all = Float64Array.from(tracks.flatMap(({ times }) => times)).sort()
  return Array.from(all.filter((time, n) => time !== all[n - 1]))
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

function series({ label, color, dash, look, column }: Line, times: readonly number[], own: Track): Series {
  const values = spread(times, own.times, own.a)
  const common = { label, unit: word(text.unit, column.unit), color, dash, look, values }
  if (look === 'carets') return { ...common, low: spread(times, own.times, own.b) }
  const shape = look === 'line' ? SHAPES[column.vital] : undefined
  return shape === undefined ? common : { ...common, shape }
}

/** The points of the tracks that stand by themselves. */
function spotsOf(group: readonly Line[], all: readonly Track[]): Spot[] {
  return group.flatMap(({ color, look }, n) =>
    (all[n]?.spots ?? []).map((spot): Spot => {
      const low = look === 'carets' && !Number.isNaN(spot.b) ? { low: spot.b } : {}
      return { time: spot.time, value: spot.a, ...low, color, look: spot.look === 'artefact' ? 'artefact' : 'doubt' }
    }),
  )
}

/** The unit in which somebody typed or took a value: that of the entries it came from, or of the only one there is. */
function unitOf(columns: readonly Column[], vital: string, from?: readonly [number, number]): string | undefined {
  const mine = columns.filter((column) => column.vital === vital)
  if (from !== undefined)
    for (const column of mine)
      for (let i = 0; i < column.length; i++)
        if (column.seq(i) >= from[0] && column.seq(i) <= from[1]) return column.unit
  const units = new Set(mine.map(({ unit }) => unit))
  // Without a column the words of the wire are in the units of a clinic.
  if (units.size === 0) return USUAL[vital]
  return units.size === 1 ? mine[0]?.unit : undefined
}

const USUAL: Readonly<Record<string, string>> = {
  heart_rate: '/min',
  pulse_rate: '/min',
  resp_rate: '/min',
  spo2: '%',
  nibp: 'mm[Hg]',
  etco2: 'mm[Hg]',
  temperature: 'Cel',
}

/** Numbers that people typed, by panel. */
function typedSpots(
  points: readonly TypedPoint[],
  columns: readonly Column[],
): Map<string, (Spot & { vital: string })[]> {
  const found = new Map<string, (Spot & { vital: string })[]>()
  for (const { time, vital, values } of points) {
    const color = COLORS[vital]
    const unit = unitOf(columns, vital)
    const [value, low] = values.map(Number)
    if (color === undefined || unit === undefined || value === undefined || Number.isNaN(value)) continue
    const lower = vital === 'nibp' && low !== undefined && !Number.isNaN(low) ? { low } : {}
    const into = found.get(panelKey(vital, unit)) ?? []
    found.set(panelKey(vital, unit), into)
    into.push({ time, value, ...lower, color, look: 'typed', vital })
  }
  return found
}

/** The values before the infusion, by panel: of a pressure both. */
function levelsOf(baseline: readonly Baseline[], columns: readonly Column[]): Map<string, Level[]> {
  const found = new Map<string, Level[]>()
  for (const { vital, values, time, to, from } of baseline) {
    const color = COLORS[vital]
    const unit = unitOf(columns, vital, from)
    if (color === undefined || unit === undefined) continue
    const into = found.get(panelKey(vital, unit)) ?? []
    found.set(panelKey(vital, unit), into)
    const wanted = vital === 'nibp' || vital === 'art' ? values.slice(0, 2) : values.slice(0, 1)
    wanted.forEach((digits, n) => {
      const value = Number(digits)
      const label = n === 0 ? text.chart.baselineAt(word(text.label, vital), digits) : digits
      if (!Number.isNaN(value)) into.push({ value, from: time, ...(to === undefined ? {} : { to }), color, label })
    })
  }
  return found
}

const ORDER: readonly Kind[] = ['rates', 'pressure', 'spo2', 'resp', 'etco2', 'temperature']

/**
 * The panels of a chair between two times (UTC seconds). `stepS` is how much time a pixel holds: of the points within it
 * only the least and the greatest are drawn.
 */
export function panels(material: Material, from: number, to: number, stepS = 0): TrendPanel[] {
  const { columns, sources, session } = material
  const hers = new Hers(session, columns)
  const grouped = lines(groups(material, from, to))
  const typed = typedSpots(session?.typed ?? [], columns)
  const levels = levelsOf(session?.baseline ?? [], columns)
  const names = [...new Set([...grouped.keys(), ...typed.keys()])]
  const rank = (name: string) => ORDER.indexOf(name.split(' ')[0] as Kind)
  return names
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => {
      const group = grouped.get(name) ?? []
      const all = group.map((line) => {
        const joined = line.look === 'line'
        return track({ ...line, joined, hers, gap: gapS(sources.everyUs(line.column.source)), stepS }, from, to)
      })
      const times = common(all)
      const [kind = 'rates', code = ''] = name.split(' ') as [Kind, string]
      const hands = typed.get(name) ?? []
      const titles = new Set([
        ...group.map(({ column }) => nameOf(column)),
        ...(group.length > 0 ? [] : hands.map(({ vital }) => word(text.label, vital))),
      ])
      const units = new Set(group.map(({ column }) => word(text.unit, column.unit)))
      return {
        kind,
        code,
        title: [...titles].join(', '),
        unit: [...units].join(', '),
        times,
        series: group.map((line, n) => series(line, times, all[n] as Track)),
        marks: changes(group, from, to),
        spots: [...spotsOf(group, all), ...hands],
        levels: levels.get(name) ?? [],
      }
    })
}

type Axis = readonly [least: number, most: number, step: number]

const RANGES: Readonly<Record<string, Axis>> = {
  rates: [40, 160, 20],
  pressure: [5, 22, 2],
  spo2: [85, 100, 5],
  resp: [0, 30, 10],
  etco2: [0, 60, 20],
  'etco2 kPa': [0, 8, 2],
  'etco2 %': [0, 8, 2],
  temperature: [35, 39, 1],
  'temperature [degF]': [95, 103, 2],
}

/** Vertical axis: a usual range that grows when a value leaves it, so that a flat line looks flat. */
export function range(kind: Kind, code = ''): (low: number | null, high: number | null) => [number, number] {
  const [least, most, stepBy] = RANGES[`${kind} ${code}`] ?? RANGES[kind] ?? [0, 1, 1]
  const top = kind === 'spo2' ? 100 : Number.POSITIVE_INFINITY
  return (low, high) => [
    Math.min(least, Math.floor((low ?? least) / stepBy) * stepBy),
    // A little air, so that 100 % is a line and not the border.
    Math.min(top, Math.max(most, Math.ceil((high ?? most) / stepBy) * stepBy)) + (kind === 'spo2' ? 0.6 : 0),
  ]
}
