/** Scores over calendar time with a mark for each infusion (C4). What they mean is for people to say. */
import { day, isoDay } from '../../format/time'
import type { Course } from '../../wire/wire'
import { r } from '../record/words'
import { scalesOf } from './plan'
import { niceTicks, pathOf, useWidth } from './svg'

const HEIGHT = 150
const EDGE = { left: 44, right: 24, top: 12, bottom: 40 } as const
const DAY_US = 86_400e6

export function Scores({ course, zone }: { readonly course: Course; readonly zone: string }) {
  const [host, widthPx] = useWidth()
  const scales = scalesOf(course.scores)
  const times = [...course.rows.map(({ openedUs }) => openedUs), ...course.scores.map(({ at }) => at)]
  const span: [number, number] = [Math.min(...times) - DAY_US, Math.max(...times) + DAY_US]
  return (
    <section class="course-scores card" aria-label={r.scores}>
      <h2>{r.scores}</h2>
      <p class="hint">{scales.size === 0 ? r.noScores : r.scoresDo}</p>
      <div ref={host}>
        {[...scales].map(([scale, points]) => (
          <Scale key={scale} scale={scale} points={points} span={span} widthPx={widthPx} course={course} zone={zone} />
        ))}
      </div>
      {scales.size > 0 && (
        <details>
          <summary>{r.scoresTable}</summary>
          <table class="lines">
            <thead>
              <tr>
                {[r.date, r.scale, r.score2].map((name) => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {course.scores.map((it) => (
                <tr key={`${it.at} ${it.scale}`}>
                  <td>{day(it.at, zone)}</td>
                  <td>{it.scale}</td>
                  <td>{it.score}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  )
}

interface ScaleProps {
  readonly scale: string
  readonly points: readonly { readonly at: number; readonly value: number }[]
  readonly span: readonly [number, number]
  readonly widthPx: number
  readonly course: Course
  readonly zone: string
}

function Scale({ scale, points, span, widthPx, course, zone }: ScaleProps) {
  const most = Math.max(...points.map(({ value }) => value), 1)
  const least = Math.min(0, ...points.map(({ value }) => value))
  const x = (us: number) =>
    EDGE.left + ((us - span[0]) / (span[1] - span[0])) * Math.max(1, widthPx - EDGE.left - EDGE.right)
  const y = (value: number) => EDGE.top + ((most - value) / (most - least || 1)) * (HEIGHT - EDGE.top - EDGE.bottom)
  let free = Number.NEGATIVE_INFINITY
  return (
    <figure>
      <figcaption>{scale}</figcaption>
      <svg
        width={widthPx}
        height={HEIGHT}
        viewBox={`0 0 ${widthPx} ${HEIGHT}`}
        role="img"
        aria-label={r.scaleSays(scale, points.length)}
      >
        {niceTicks(least, most, 3).map((value) => (
          <g key={value} class="tick-line">
            <path d={`M${EDGE.left} ${y(value)}H${widthPx - EDGE.right}`} />
            <text x={EDGE.left - 6} y={y(value) + 5} text-anchor="end">
              {value}
            </text>
          </g>
        ))}
        {course.rows.map((row) => {
          const at = x(row.openedUs)
          const named = at - free > 78
          if (named) free = at
          return (
            <g key={row.id} class="infusion">
              <path d={`M${at} ${EDGE.top}V${HEIGHT - EDGE.bottom}`} />
              <text x={at} y={HEIGHT - EDGE.bottom + 15} text-anchor="middle">
                {row.number}
              </text>
              {named && (
                <text x={at} y={HEIGHT - 6} text-anchor="middle" class="muted">
                  {isoDay(row.openedUs, zone).slice(5)}
                </text>
              )}
            </g>
          )
        })}
        <path class="scores-line" d={pathOf(points.map(({ at, value }) => [x(at), y(value)]))} />
        {points.map(({ at, value }) => (
          <g key={at}>
            <circle cx={x(at)} cy={y(value)} r={4} />
            <text x={x(at) + 7} y={y(value) - 5} class="value">
              {value}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  )
}
