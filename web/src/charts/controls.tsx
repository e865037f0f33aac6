/** The buttons of a trend, and what its marks mean. */
import { text } from '../format/text'
import type { TrendPanel } from './series'

interface ChoiceProps<T> {
  readonly name: string
  readonly all: readonly T[]
  readonly chosen: T | undefined
  say(it: T): string
  choose(it: T): void
}

/** One of several. */
export function Choice<T extends string | number>({ name, all, chosen, say, choose }: ChoiceProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form
    <div class="choice" role="group" aria-label={name}>
      {all.map((it) => (
        <button type="button" key={it} aria-pressed={it === chosen} onClick={() => choose(it)}>
          {say(it)}
        </button>
      ))}
    </div>
  )
}

interface RowsProps {
  readonly all: readonly number[]
  readonly chosen: number
  choose(minutes: number): void
}

/** How many minutes a row of the table holds. */
export function Rows({ all, chosen, choose }: RowsProps) {
  return (
    <label class="row-choice">
      {text.chart.rows}
      <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {all.map((minutes) => (
          <option key={minutes} value={minutes}>
            {text.chart.every(minutes)}
          </option>
        ))}
      </select>
    </label>
  )
}

interface MoversProps {
  readonly from: number
  readonly to: number
  pan(seconds: number): void
  zoom(factor: number, at: number): void
  /** The present is in the picture: there is nothing later. */
  readonly newest: boolean
}

/** A press moves by half a picture, or zooms by this much. */
const BY = 0.5
const ZOOM = 2

/** The same as dragging and pinching, for whoever can do neither. */
export function Movers({ from, to, pan, zoom, newest }: MoversProps) {
  const span = to - from
  // Zoomed around the newest value: what is going on stays in view.
  const buttons: [string, string, () => void, boolean][] = [
    [text.chart.earlier, 'M10 3 5 8l5 5', () => pan(-span * BY), false],
    [text.chart.later, 'M6 3l5 5-5 5', () => pan(span * BY), newest],
    [text.chart.closer, 'M8 3v10M3 8h10', () => zoom(1 / ZOOM, to), false],
    [text.chart.wider, 'M3 8h10', () => zoom(ZOOM, to), false],
  ]
  return (
    <div class="choice movers">
      {buttons.map(([name, path, deed, off]) => (
        <button type="button" key={name} aria-label={name} title={name} aria-disabled={off} onClick={deed}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d={path} />
          </svg>
        </button>
      ))}
    </div>
  )
}

/** What the marks mean, of those that are there. */
export function Legend({ panels, hatched }: { readonly panels: readonly TrendPanel[]; readonly hatched: boolean }) {
  const looks = new Set(panels.flatMap(({ spots }) => spots.map(({ look }) => look)))
  if (looks.size === 0 && !hatched) return null
  return (
    <p class="legend">
      {looks.has('doubt') && <Sign path="M4 4l8 8M12 4l-8 8" says={text.chart.doubt} />}
      {looks.has('artefact') && <Sign path="M8 4a4 4 0 1 0 .01 0Z" says={text.chart.artefact} />}
      {looks.has('typed') && <Sign path="M3 3h10v10H3ZM7 7h2v2H7Z" says={text.chart.typed} />}
      {hatched && <Sign path="M0 8l8-8M0 16 16 0M8 16l8-8" says={text.chart.hatched} />}
    </p>
  )
}

function Sign({ path, says }: { readonly path: string; readonly says: string }) {
  return (
    <span>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
      {says}
    </span>
  )
}
