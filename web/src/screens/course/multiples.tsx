/** One small picture a session, all on the same scales, in the order of the course (C3). Browser tests read `[data-multiple]`. */
import { follow, go, write } from '../../route'
import type { CourseRow } from '../../wire/wire'
import { r } from '../record/words'
import { gapOf, type Opened, pointsOf, runsOf } from './lines'
import { isEarlyOne } from './plan'
import { pathOf } from './svg'

interface Props {
  readonly rows: readonly CourseRow[]
  readonly opened: ReadonlyMap<string, Opened>
  all(): void
}

const WIDTH = 230
const HEIGHT = 120
/** Values that are shown of each; the minutes are those of the longest. */
const VALUES = [40, 190] as const
const GRID = [60, 100, 140, 180] as const

const y = (value: number) => HEIGHT - ((value - VALUES[0]) / (VALUES[1] - VALUES[0])) * HEIGHT

export function Multiples({ rows, opened, all }: Props) {
  const drawn = rows.filter(({ id }) => opened.has(id))
  const minutes = [...opened.values()].flatMap((it) => pointsOf(it, 'systolic').map(({ min }) => min))
  const span = [Math.min(-15, ...minutes) - 5, Math.max(60, ...minutes) + 5] as const
  return (
    <section class="multiples card" aria-label={r.multiples}>
      <div class="bar">
        <h2>{r.multiples}</h2>
        <span class="hint">{r.multiplesDo}</span>
        <span class="spacer" />
        {drawn.length < rows.length && (
          <button type="button" data-act="draw-all" onClick={all}>
            {r.drawAll(rows.length)}
          </button>
        )}
      </div>
      {drawn.length > 0 && (
        <ol>
          {drawn.map((row) => {
            const it = opened.get(row.id)
            return it === undefined ? null : <Small key={row.id} row={row} it={it} span={span} />
          })}
        </ol>
      )}
    </section>
  )
}

interface SmallProps {
  readonly row: CourseRow
  readonly it: Opened
  readonly span: readonly [number, number]
}

function Small({ row, it, span }: SmallProps) {
  const x = (min: number) => ((min - span[0]) / (span[1] - span[0])) * WIDTH
  const to = { at: 'record', session: row.id } as const
  const systolic = pointsOf(it, 'systolic')
  const diastolic = pointsOf(it, 'diastolic')
  return (
    <li data-multiple={row.id}>
      <a href={write(to)} onClick={follow(() => go(to))}>
        {r.numberOf(row.number)}
        {isEarlyOne(row) && ` (${r.firstThree})`}
      </a>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={r.multipleSays(row.number, row.peak.sys ?? '--', row.peak.dia ?? '--', row.peak.hr ?? '--')}
      >
        {GRID.map((value) => (
          <g key={value} class="tick-line">
            <path d={`M0 ${y(value)}H${WIDTH}`} />
            <text x={WIDTH - 2} y={y(value) - 2} text-anchor="end">
              {value}
            </text>
          </g>
        ))}
        <path class="zero" d={`M${x(0)} 0V${HEIGHT}`} />
        {runsOf(pointsOf(it, 'heart'), gapOf('heart')).map((run) => (
          <path key={run[0]?.min} class="heart" d={pathOf(run.map(({ min, value }) => [x(min), y(value)]))} />
        ))}
        {systolic.map(({ min, value }, n) => {
          const low = diastolic[n]
          return (
            <g key={min} class="pair">
              <path d={`M${x(min) - 4} ${y(value) - 4}L${x(min)} ${y(value)}L${x(min) + 4} ${y(value) - 4}`} />
              {low !== undefined && (
                <path
                  d={`M${x(min)} ${y(value)}V${y(low.value)}M${x(min) - 4} ${y(low.value) + 4}L${x(min)} ${y(low.value)}L${x(min) + 4} ${y(low.value) + 4}`}
                />
              )}
            </g>
          )
        })}
      </svg>
    </li>
  )
}
