/** With marks.ts the only file that knows uPlot. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { drawMarks } from './marks'

/** Numbers of one series beside the common times: `null` is a gap, `undefined` says nothing about that time. */
export type Values = (number | null | undefined)[]

/** One drawn series. */
export interface Series {
  /** Stands at the right end of the line. */
  readonly label: string
  /** Name of a custom property of the page: `--hr`. */
  readonly color: string
  readonly dash: readonly number[]
  /** A line; single points; or carets for a pressure, down for the systolic (`values`), up for the diastolic (`low`). */
  readonly look: 'line' | 'points' | 'carets'
  readonly values: Values
  readonly low?: Values
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
}

export interface Look {
  /** Range of the vertical axis for these extremes; both `null` when nothing is drawn. */
  range(low: number | null, high: number | null): [number, number]
  /** Text of a tick of the time axis; `undefined` leaves the axis out. */
  readonly tick: ((seconds: number) => string) | undefined
  readonly axes: boolean
}

/** Room for the labels at the right end. */
const LABELS_PX = 74
const CARET_PX = 6
/** Panels lower than this have their ticks closer together. */
const LOW_PANEL_PX = 80

/**
 * Mounts one panel; the answer sets its data and the shown time. Gaps stay gaps (`spanGaps: false`), nothing is
 * smoothed; all is taken down with `signal`.
 */
export function mountPlot(host: HTMLElement, look: Look, signal: AbortSignal) {
  let shown: Panel = { times: [], series: [], marks: [] }
  let span: [number, number] = [0, 1]
  let plot: uPlot | undefined
  let shape = ''

  const size = () => ({ width: Math.max(host.clientWidth, 40), height: Math.max(host.clientHeight, 20) })
  const color = (name: string) => getComputedStyle(host).getPropertyValue(name).trim() || '#888'

  function extremes(): [number | null, number | null] {
    let [low, high]: [number | null, number | null] = [null, null]
    for (const { values, low: lower } of shown.series) {
      for (const value of lower ? [...values, ...lower] : values) {
        if (value == null) continue
        low = low === null || value < low ? value : low
        high = high === null || value > high ? value : high
      }
    }
    return [low, high]
  }

  function make(): uPlot {
    const axis = { stroke: color('--muted'), grid: { stroke: color('--grid'), width: 1 }, ticks: { show: false } }
    const font = `14px ${getComputedStyle(host).fontFamily}`
    const series: uPlot.Series[] = shown.series.map(({ color: name, dash, look: how }) => {
      const stroke = color(name)
      if (how === 'carets') return { paths: () => null, points: { show: false }, spanGaps: false }
      const points = { size: how === 'points' ? 6 : 4, fill: stroke, stroke }
      const common = { stroke, width: 2, dash: [...dash], spanGaps: false }
      return how === 'points'
        ? { ...common, paths: () => null, points: { ...points, show: true } }
        : { ...common, points }
    })
    const scales: uPlot.Scales = { x: { time: true, range: () => span }, y: { range: () => look.range(...extremes()) } }
    const options: uPlot.Options = {
      ...size(),
      pxAlign: 0,
      legend: { show: false },
      cursor: { show: false },
      padding: look.axes ? [8, LABELS_PX, look.tick ? 0 : 6, 0] : [2, 2, 2, 2],
      scales,
      series: [{}, ...series],
      axes: look.axes
        ? [
            {
              ...axis,
              font,
              size: 24,
              // Whole minutes: labels have no seconds.
              incrs: [60, 120, 300, 600, 900, 1800, 3600],
              show: look.tick !== undefined,
              values: (_, splits) => splits.map(look.tick ?? String),
            },
            // Two ticks even in the lowest panel.
            { ...axis, font, size: 44, space: (_u, _axis, _min, _max, high) => (high < LOW_PANEL_PX ? 15 : 32) },
          ]
        : [{ show: false }, { show: false }],
      hooks: { draw: [carets, (u) => drawMarks(u, shown, span, color, look.axes), ...(look.axes ? [labels] : [])] },
    }
    return new uPlot(options, aligned(), host)
  }

  const aligned = () => [[...shown.times], ...shown.series.map((s) => s.values)] as uPlot.AlignedData

  /** The anaesthesia convention: systolic a caret down, diastolic a caret up, joined. */
  function carets(u: uPlot): void {
    const { ctx } = u
    const px = devicePixelRatio
    for (const { color: name, values, low, look: how } of shown.series) {
      if (how !== 'carets') continue
      ctx.save()
      ctx.strokeStyle = color(name)
      ctx.lineJoin = 'round'
      // The series drawn before may have left its dash.
      ctx.setLineDash([])
      shown.times.forEach((time, i) => {
        if (time < span[0] || time > span[1]) return
        const x = u.valToPos(time, 'x', true)
        const [top, bottom] = [values[i], low?.[i]].map((value) =>
          value == null ? null : u.valToPos(value, 'y', true),
        )
        const r = CARET_PX * px
        ctx.beginPath()
        ctx.lineWidth = 2.2 * px
        if (top != null) {
          ctx.moveTo(x - r, top - r)
          ctx.lineTo(x, top)
          ctx.lineTo(x + r, top - r)
        }
        if (bottom != null) {
          ctx.moveTo(x - r, bottom + r)
          ctx.lineTo(x, bottom)
          ctx.lineTo(x + r, bottom + r)
        }
        ctx.stroke()
        if (top == null || bottom == null) return
        ctx.beginPath()
        ctx.lineWidth = px
        ctx.moveTo(x, top)
        ctx.lineTo(x, bottom)
        ctx.stroke()
      })
      ctx.restore()
    }
  }

  /** A label at the end of each series, pushed apart where they would touch. */
  function labels(u: uPlot): void {
    const { ctx } = u
    const px = devicePixelRatio
    const line = 17 * px
    const at = shown.series.flatMap(({ label, color: name, values }) => {
      const last = values.findLast((value) => value != null)
      // The lower line of a pair has no label and takes no room.
      return last == null || label === '' ? [] : [{ label, color: color(name), y: u.valToPos(last, 'y', true) }]
    })
    at.sort((a, b) => a.y - b.y)
    const top = u.bbox.top + line / 2
    const bottom = u.bbox.top + u.bbox.height - line / 2
    at.forEach((it, i) => {
      const before = at[i - 1]
      it.y = Math.max(it.y, top, before === undefined ? top : before.y + line)
    })
    for (let i = at.length - 1; i >= 0; i--) {
      const [it, after] = [at[i], at[i + 1]]
      if (it !== undefined) it.y = Math.min(it.y, after === undefined ? bottom : after.y - line)
    }
    ctx.save()
    ctx.font = `600 ${14 * px}px ${getComputedStyle(host).fontFamily}`
    ctx.textBaseline = 'middle'
    ctx.textAlign = 'left'
    for (const { label, color: fill, y } of at) {
      ctx.fillStyle = fill
      ctx.fillText(label, u.bbox.left + u.bbox.width + 8 * px, y)
    }
    ctx.restore()
  }

  const resized = new ResizeObserver(() => plot?.setSize(size()))
  resized.observe(host)
  signal.addEventListener('abort', () => {
    resized.disconnect()
    plot?.destroy()
  })

  return (panel: Panel, from: number, to: number): void => {
    if (signal.aborted) return
    shown = panel
    span = [from, to]
    const now = panel.series.map((s) => `${s.label} ${s.look} ${s.color} ${s.dash}`).join()
    if (plot === undefined || now !== shape) {
      plot?.destroy()
      shape = now
      plot = make()
    } else plot.setData(aligned())
  }
}
