/**
 * Two to six sessions laid over one another, aligned at the start of the infusion; each differs by its dash, its marks and the name at
 * its end. Browser tests read `.overlay svg`, `[data-line]` (the session's id), `table[data-overlay-table]`.
 */
import { useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import type { CourseRow } from '../../wire/wire'
import { r } from '../record/words'
import { gapOf, MEASURES, type Measure, type Opened, type Point, runsOf, shownPoints, tableOf } from './lines'
import { niceTicks, pathOf, useWidth } from './svg'

export interface Chosen {
  readonly row: CourseRow
  readonly opened: Opened
}

/** Dashes and marks of the first to the sixth session. */
const LOOKS = [
  { dash: '', mark: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z' },
  { dash: '8 4', mark: 'M-4 -4h8v8h-8Z' },
  { dash: '2 4', mark: 'M0 -5 5 4h-10Z' },
  { dash: '12 3 2 3', mark: 'M0 -5 5 0 0 5 -5 0Z' },
  { dash: '5 2', mark: 'M-4 -4 4 4M4 -4 -4 4' },
  { dash: '2 2', mark: 'M0 -5v10M-5 0h10' },
] as const
export const OVERLAY_MAX = LOOKS.length

const COLORS: Readonly<Record<Measure, string>> = {
  systolic: 'var(--nibp)',
  diastolic: 'var(--nibp)',
  heart: 'var(--hr)',
  spo2: 'var(--spo2)',
}
/** Vertical axis: what is shown at least, as it is and as change. */
const RANGES: Readonly<Record<Measure, readonly [number, number, number, number]>> = {
  systolic: [90, 180, -30, 50],
  diastolic: [50, 110, -20, 40],
  heart: [50, 120, -20, 40],
  spo2: [88, 100, -8, 4],
}

const EDGE = { left: 44, right: 92, top: 8, bottom: 24 } as const
const HEIGHT = 168
const ROW_PX = 17
/** Minutes in a row of the table twin. */
const EVERY_MIN = 10

export function Overlay({ chosen }: { readonly chosen: readonly Chosen[] }) {
  const [change, setChange] = useState(false)
  const [table, setTable] = useState(false)
  const [loud, setLoud] = useState<string>()
  const [host, widthPx] = useWidth()
  const all = MEASURES.map((measure) => ({
    measure,
    lines: chosen.map((it) => ({ ...it, points: shownPoints(it.opened, measure, change) })),
  }))
  const minutes = all.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(({ min }) => min)))
  const span: [number, number] = [Math.min(-10, ...minutes), Math.max(60, ...minutes)]
  return (
    <section class="overlay card" aria-label={r.overlay}>
      <div class="bar">
        <h2>{r.overlay}</h2>
        <span class="spacer" />
        {[false, true].map((it) => (
          <button type="button" key={String(it)} aria-pressed={change === it} onClick={() => setChange(it)}>
            {it ? r.fromBaseline : r.absolute}
          </button>
        ))}
        <button type="button" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? text.asChart : text.asTable}
        </button>
      </div>
      <ul class="chips loud">
        {chosen.map(({ row }, n) => (
          <li key={row.id}>
            <button
              type="button"
              aria-pressed={loud === row.id}
              onClick={() => setLoud(loud === row.id ? undefined : row.id)}
            >
              <Key n={n} /> {r.numberOf(row.number)}
            </button>
          </li>
        ))}
      </ul>
      <p class="hint">{change ? r.changeDo : r.overlayDo}</p>
      <div ref={host}>
        {table
          ? all.map(({ measure, lines }) => <Twin key={measure} measure={measure} lines={lines} />)
          : all.map(({ measure, lines }) => (
              <Panel key={measure} {...{ measure, lines, span, widthPx, change, loud }} />
            ))}
      </div>
    </section>
  )
}

const lookOf = (n: number) => LOOKS[n % LOOKS.length] ?? LOOKS[0]

function Key({ n }: { readonly n: number }) {
  const { dash, mark } = lookOf(n)
  return (
    <svg class="key" viewBox="0 0 36 12" aria-hidden="true">
      <path d="M0 6h36" stroke-dasharray={dash} />
      <path d={mark} transform="translate(18 6)" class="mark" />
    </svg>
  )
}

type Line = Chosen & { readonly points: readonly Point[] }

interface PanelProps {
  readonly measure: Measure
  readonly lines: readonly Line[]
  readonly span: readonly [number, number]
  readonly widthPx: number
  readonly change: boolean
  readonly loud: string | undefined
}

function Panel({ measure, lines, span, widthPx, change, loud }: PanelProps) {
  const [least, most, lower, upper] = RANGES[measure]
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value))
  const low = Math.min(change ? lower : least, ...values)
  const high = Math.max(change ? upper : most, ...values)
  const x = (min: number) =>
    EDGE.left + ((min - span[0]) / (span[1] - span[0])) * Math.max(1, widthPx - EDGE.left - EDGE.right)
  const y = (value: number) => EDGE.top + ((high - value) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom)
  const name = `${word(r.measure, measure)}${change ? `, ${r.fromBaseline}` : ''}`
  const ends = pushedApart(
    lines.flatMap((line, n) => {
      const last = line.points.at(-1)
      return last === undefined ? [] : [{ n, line, x: x(last.min), y: y(last.value) }]
    }),
  )
  return (
    <figure class="overlay-panel">
      <figcaption>
        {name} <span class="muted">{word(r.measureUnit, measure)}</span>
      </figcaption>
      <svg
        width={widthPx}
        height={HEIGHT}
        viewBox={`0 0 ${widthPx} ${HEIGHT}`}
        role="img"
        aria-label={name}
        style={{ color: COLORS[measure] }}
      >
        {niceTicks(low, high, 4).map((value) => (
          <g key={value} class="tick-line">
            <path d={`M${EDGE.left} ${y(value)}H${widthPx - EDGE.right}`} />
            <text x={EDGE.left - 6} y={y(value) + 5} text-anchor="end">
              {change && value > 0 ? `+${value}` : String(value).replace('-', '\u2212')}
            </text>
          </g>
        ))}
        {niceTicks(span[0], span[1], Math.max(2, widthPx / 110)).map((min) => (
          <g key={min} class={min === 0 ? 'tick-line zero' : 'tick-line'}>
            <path d={`M${x(min)} ${EDGE.top}V${HEIGHT - EDGE.bottom}`} />
            <text x={x(min)} y={HEIGHT - 6} text-anchor="middle">
              {min === 0 ? 'T+0' : `${String(min).replace('-', '\u2212')} min`}
            </text>
          </g>
        ))}
        {lines.map((line, n) => (
          <Drawn
            key={line.row.id}
            line={line}
            n={n}
            measure={measure}
            x={x}
            y={y}
            quiet={loud !== undefined && loud !== line.row.id}
          />
        ))}
        {ends.map((end) => (
          <text key={end.line.row.id} class="line-name" x={widthPx - EDGE.right + 8} y={end.y + 5}>
            {r.numberOf(end.line.row.number)}
          </text>
        ))}
      </svg>
    </figure>
  )
}

interface DrawnProps {
  readonly line: Line
  readonly n: number
  readonly measure: Measure
  readonly quiet: boolean
  x(min: number): number
  y(value: number): number
}

/** Between two marks on a line that has many values. */
const MARK_PX = 120

function Drawn({ line, n, measure, quiet, x, y }: DrawnProps) {
  const { dash, mark } = lookOf(n)
  const { points } = line
  const cuff = measure === 'systolic' || measure === 'diastolic'
  let last = Number.NEGATIVE_INFINITY
  const marked = points.filter(({ min }) => {
    if (!cuff && x(min) - last < MARK_PX) return false
    last = x(min)
    return true
  })
  return (
    <g class={quiet ? 'drawn quiet' : 'drawn'} data-line={line.row.id}>
      {runsOf(points, gapOf(measure)).map((run) => (
        <path key={run[0]?.min} d={pathOf(run.map(({ min, value }) => [x(min), y(value)]))} stroke-dasharray={dash} />
      ))}
      {marked.map(({ min, value }) => (
        <path key={min} class="mark" d={mark} transform={`translate(${x(min)} ${y(value)})`} />
      ))}
    </g>
  )
}

/** Names that would touch stand below one another. */
function pushedApart<T extends { readonly y: number }>(ends: readonly T[]): T[] {
  let free = Number.NEGATIVE_INFINITY
  const down = ends
    .toSorted((a, b) => a.y - b.y)
    .map((end) => {
      free = Math.max(end.y, free + ROW_PX)
      return { ...end, y: free }
    })
  let below = HEIGHT - EDGE.bottom
  return down.toReversed().map((end) => {
    const y = Math.min(end.y, below)
    below = y - ROW_PX
    return { ...end, y }
  })
}

function Twin({ measure, lines }: { readonly measure: Measure; readonly lines: readonly Line[] }) {
  const tables = lines.map(({ points }) => tableOf(points, EVERY_MIN))
  const minutes = [...new Set(tables.flatMap((it) => [...it.keys()]))].sort((a, b) => a - b)
  return (
    <table class="interval" data-overlay-table={measure}>
      <caption>
        {word(r.measure, measure)} <span class="muted">{word(r.measureUnit, measure)}</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">T+, min</th>
          {lines.map(({ row }) => (
            <th scope="col" key={row.id}>
              {r.numberOf(row.number)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {minutes.map((min) => (
          <tr key={min}>
            <th scope="row">{String(min).replace('-', '\u2212')}</th>
            {tables.map((it, n) => (
              <td key={lines[n]?.row.id}>{it.get(min) ?? ''}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
