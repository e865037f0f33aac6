/** With marks.ts and points.ts the only file that knows uPlot. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { drawMarks } from './marks'
import { drawBackground, drawPoints } from './points'

/** Numbers of one series beside the common times: `null` is a gap, `undefined` says nothing about that time. */
export type Values = (number | null | undefined)[]

/** Drawn on a line every so often. */
export type Shape = 'disc' | 'ring' | 'diamond' | 'square' | 'triangle' | 'plus'

/** One drawn series. */
export interface Series {
  /** Stands at the right end of the line, with the unit. */
  readonly label: string
  readonly unit: string
  /** Name of a custom property of the page: `--hr`. */
  readonly color: string
  readonly dash: readonly number[]
  /** A line; single points; or carets for a pressure, down for the systolic (`values`), up for the diastolic (`low`). */
  readonly look: 'line' | 'points' | 'carets'
  readonly shape?: Shape
  readonly values: Values
  readonly low?: Values
}

/** A value that stands by itself: doubted by the monitor, marked as an artefact, typed by a person; a pair with `low`. */
export interface Spot {
  /** UTC seconds. */
  readonly time: number
  readonly value: number
  readonly low?: number
  readonly color: string
  readonly look: 'doubt' | 'artefact' | 'typed'
}

/** A value from before the infusion: a thin line from its time on. Or a limit while a notice of it stood. */
export interface Level {
  readonly value: number
  readonly from: number
  /** Where it ends; at the right end when absent. */
  readonly to?: number
  readonly color: string
  readonly label: string
}

/** A tick across the panel where another source took over, with its name. */
export interface Mark {
  /** UTC seconds. */
  readonly time: number
  readonly label: string
}

export interface Panel {
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly marks: readonly Mark[]
  readonly spots: readonly Spot[]
  readonly levels: readonly Level[]
}

export const NO_PANEL: Panel = { times: [], series: [], marks: [], spots: [], levels: [] }

/** What stands behind all panels of a trend. Times are UTC seconds. */
export interface Backdrop {
  /** Uprights of the grid. */
  readonly ticks: readonly number[]
  /** Nothing before is drawn. */
  readonly since: number
  /** Where the phase changed. */
  readonly phases: readonly number[]
  /** What a person is looking at. */
  readonly chosen: number | undefined
}

/** Width of a line. */
const LINE_PX = 2
/** Moves that follow each other so soon are a hand's, not the clock's. */
const MOVING_MS = 100
/** After the last of them the picture is drawn as it stands at rest. */
const REST_MS = 150

const NO_BACKDROP: Backdrop = { ticks: [], since: Number.NEGATIVE_INFINITY, phases: [], chosen: undefined }

export interface Look {
  /** Range of the vertical axis for these extremes; both `null` when nothing is drawn. */
  range(low: number | null, high: number | null): [number, number]
  /** Axes, grid, names and marks; without them the lines only. */
  readonly axes: boolean
}

/** Room for the labels at the right end, and for the numbers of the vertical axis. */
export const LABELS_PX = 104
export const GUTTER_PX = 44
/** Panels lower than this have their ticks closer together. */
const LOW_PANEL_PX = 80
const LOWEST_PX = 30

/** Colours of the page by the name of their custom property, looked up once: a theme mounts everything anew. */
export function colors(host: Element): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const found = known.get(name) ?? (getComputedStyle(host).getPropertyValue(name).trim() || '#888')
    known.set(name, found)
    return found
  }
}

/** Least and greatest of everything a panel draws. */
export function extremesOf({ series, spots, levels }: Panel): [number | null, number | null] {
  let [low, high]: [number | null, number | null] = [null, null]
  const count = (value: number | null | undefined) => {
    if (value == null) return
    low = low === null || value < low ? value : low
    high = high === null || value > high ? value : high
  }
  for (const { values, low: lower } of series) {
    for (const value of values) count(value)
    for (const value of lower ?? []) count(value)
  }
  for (const { value, low: lower } of [...spots, ...levels.map(({ value }) => ({ value, low: undefined }))]) {
    count(value)
    count(lower)
  }
  return [low, high]
}

/**
 * Mounts one panel; the answer sets its data and the shown time. Gaps stay gaps (`spanGaps: false`), nothing is
 * smoothed; all is taken down with `signal`.
 */
export function mountPlot(host: HTMLElement, look: Look, signal: AbortSignal) {
  let shown: Panel = NO_PANEL
  let behind: Backdrop = NO_BACKDROP
  let extremes: [number | null, number | null] = [null, null]
  let span: [number, number] = [0, 1]
  let plot: uPlot | undefined
  let shape = ''

  const size = () => ({ width: Math.max(host.clientWidth, 40), height: Math.max(host.clientHeight, 20) })
  const color = colors(host)
  const family = getComputedStyle(host).fontFamily

  function seriesOf(): uPlot.Series[] {
    return shown.series.map(({ color: name, dash, look: how }) => {
      const stroke = color(name)
      if (how === 'carets') return { paths: () => null, points: { show: false }, spanGaps: false }
      const points = { size: how === 'points' ? 6 : 4, fill: stroke, stroke }
      const common = { stroke, width: LINE_PX, dash: [...dash], spanGaps: false }
      return how === 'points'
        ? { ...common, paths: () => null, points: { ...points, show: true } }
        : { ...common, points }
    })
  }

  function axes(): uPlot.Axis[] {
    if (!look.axes) return [{ show: false }, { show: false }]
    const axis = { stroke: color('--muted'), grid: { stroke: color('--grid'), width: 1 }, ticks: { show: false } }
    return [
      // The labels of the time stand once, below all panels.
      { ...axis, size: 0, splits: () => [...behind.ticks], values: (_, splits) => splits.map(() => '') },
      // Two ticks even in the lowest panel.
      {
        ...axis,
        font: `14px ${family}`,
        size: GUTTER_PX,
        space: (_u, _axis, _min, _max, high) => (high < LOWEST_PX ? 11 : high < LOW_PANEL_PX ? 15 : 32),
      },
    ]
  }

  function make(): uPlot {
    const scales: uPlot.Scales = { x: { time: false, range: () => span }, y: { range: () => look.range(...extremes) } }
    const options: uPlot.Options = {
      ...size(),
      pxAlign: 0,
      legend: { show: false },
      cursor: { show: false },
      padding: look.axes ? [5, LABELS_PX, 5, 0] : [2, 2, 2, 2],
      scales,
      series: [{}, ...seriesOf()],
      axes: axes(),
      hooks: {
        drawClear: look.axes ? [(u) => drawBackground(u, behind, shown.levels, span, color, family)] : [],
        draw: [
          (u) => drawPoints(u, shown, span, color),
          (u) => drawMarks(u, shown, span, color, look.axes),
          ...(look.axes ? [labels, chosen] : []),
        ],
      },
    }
    return new uPlot(options, aligned(), host)
  }

  const aligned = () => [shown.times, ...shown.series.map((s) => s.values)] as uPlot.AlignedData

  /** What a person is looking at: an upright over everything. */
  function chosen(u: uPlot): void {
    if (behind.chosen === undefined || behind.chosen < span[0] || behind.chosen > span[1]) return
    const x = Math.round(u.valToPos(behind.chosen, 'x', true))
    u.ctx.save()
    u.ctx.setLineDash([])
    u.ctx.fillStyle = color('--text')
    u.ctx.fillRect(x - devicePixelRatio, 0, 2 * devicePixelRatio, u.ctx.canvas.height)
    u.ctx.restore()
  }

  /** A label at the end of each series, pushed apart where they would touch. */
  function labels(u: uPlot): void {
    const { ctx } = u
    const px = devicePixelRatio
    const line = 17 * px
    const at = shown.series.flatMap(({ label, unit, color: name, values }) => {
      const last = values.findLast((value) => value != null)
      // The lower line of a pair has no label and takes no room.
      return last == null || label === '' ? [] : [{ label, unit, fill: color(name), y: u.valToPos(last, 'y', true) }]
    })
    at.sort((a, b) => a.y - b.y)
    const top = u.bbox.top + line / 2 - 4 * px
    const bottom = u.bbox.top + u.bbox.height - line / 2 + 4 * px
    at.forEach((it, i) => {
      const before = at[i - 1]
      it.y = Math.max(it.y, top, before === undefined ? top : before.y + line)
    })
    for (let i = at.length - 1; i >= 0; i--) {
      const [it, after] = [at[i], at[i + 1]]
      if (it !== undefined) it.y = Math.min(it.y, after === undefined ? bottom : after.y - line)
    }
    ctx.save()
    ctx.textBaseline = 'middle'
    ctx.textAlign = 'left'
    for (const { label, unit, fill, y } of at) {
      const x = u.bbox.left + u.bbox.width + 8 * px
      const room = ctx.canvas.width - x
      ctx.font = `600 ${14 * px}px ${family}`
      // A long name ("Temp axillary") is set smaller, never cut off; its unit goes where it does not fit.
      const size = 14 * px * Math.min(1, room / ctx.measureText(label).width)
      ctx.font = `600 ${size}px ${family}`
      ctx.fillStyle = fill
      ctx.fillText(label, x, y)
      const wide = ctx.measureText(`${label} `).width
      ctx.font = `${size}px ${family}`
      ctx.fillStyle = color('--muted')
      if (wide + ctx.measureText(unit).width <= room) ctx.fillText(unit, x + wide, y)
    }
    ctx.restore()
  }

  const resized = new ResizeObserver(() => plot?.setSize(size()))
  resized.observe(host)
  let movedMs = Number.NEGATIVE_INFINITY
  let rest: ReturnType<typeof setTimeout> | undefined
  const draw = (u: uPlot, widthPx: number) => {
    for (const series of u.series) if (series.width !== 0) series.width = widthPx
  }

  /** While a hand moves it, lines are one pixel of the screen wide: wider ones take longer than a frame to fill. */
  function move(u: uPlot): void {
    const at = performance.now()
    if (at - movedMs < MOVING_MS) {
      clearTimeout(rest)
      draw(u, 1 / devicePixelRatio)
      rest = setTimeout(() => {
        if (plot === undefined) return
        draw(plot, LINE_PX)
        plot.redraw(false)
      }, REST_MS)
    }
    movedMs = at
    u.setScale('x', { min: span[0], max: span[1] })
  }

  signal.addEventListener('abort', () => {
    clearTimeout(rest)
    resized.disconnect()
    plot?.destroy()
  })

  /** Another panel is taken whole; the same one is only moved, which is cheap. */
  return (panel: Panel, from: number, to: number, backdrop: Backdrop = NO_BACKDROP): void => {
    if (signal.aborted) return
    const same = panel === shown
    shown = panel
    behind = backdrop
    span = [from, to]
    if (!same) extremes = extremesOf(panel)
    const now = panel.series.map((s) => `${s.label} ${s.look} ${s.color} ${s.dash}`).join()
    if (plot === undefined || now !== shape) {
      plot?.destroy()
      shape = now
      plot = make()
    } else if (same) move(plot)
    else plot.setData(aligned())
  }
}
