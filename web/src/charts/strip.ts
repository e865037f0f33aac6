/** Canvases as wide as the panels, above and below them: the phases, and the two time axes. */
import { word } from '../format/text'
import { minute } from '../format/time'
import { clockTicks, sinceStart, stepFor, ticksFrom } from './axis'
import { colors, GUTTER_PX, LABELS_PX } from './plot'
import type { Phase } from './session'

/** Room of a label beside its text, in pixels. */
const AIR_PX = 20
/** Width of a digit at 14 px, and a little. */
const DIGIT_PX = 8.5
/** Height of one row of labels. */
const ROW_PX = 17

/** The time in view, and how wide it is drawn. */
export interface Scale {
  readonly from: number
  readonly to: number
  /** Of the whole board, gutter and labels included. */
  readonly widthPx: number
}

export const plotPx = ({ widthPx }: Pick<Scale, 'widthPx'>): number => Math.max(1, widthPx - GUTTER_PX - LABELS_PX)

/** Where a moment lies on the board. */
export function xOf(scale: Scale, time: number): number {
  return GUTTER_PX + ((time - scale.from) / (scale.to - scale.from)) * plotPx(scale)
}

/** The moment at a place of the board. */
export function timeAt(scale: Scale, x: number): number {
  return scale.from + ((x - GUTTER_PX) / plotPx(scale)) * (scale.to - scale.from)
}

/** Ticks of both axes; `main` are those the grid follows. */
export interface Ticks {
  readonly main: readonly number[]
  readonly clock: readonly number[]
}

export function ticksOf(scale: Scale, zone: string, t0: number | undefined): Ticks {
  const { from, to } = scale
  const width = plotPx(scale)
  // On days when the clocks change a label has its offset.
  const longest = Math.max(minute(from * 1e6, zone).length, minute(to * 1e6, zone).length)
  const clock = clockTicks(zone, stepFor(to - from, width, longest * DIGIT_PX + AIR_PX), from, to)
  const main = t0 === undefined ? clock : ticksFrom(t0, stepFor(to - from, width, 5 * DIGIT_PX + AIR_PX), from, to)
  return { main, clock }
}

type Draw = (ctx: CanvasRenderingContext2D, color: (name: string) => string) => void

/** A canvas that fills its host; the answer draws it. Coordinates are in pixels of the page. */
export function mountStrip(host: HTMLElement, signal: AbortSignal): (draw: Draw) => void {
  const canvas = document.createElement('canvas')
  host.append(canvas)
  const color = colors(host)
  const family = getComputedStyle(host).fontFamily
  let last: Draw | undefined
  const paint = () => {
    const ctx = canvas.getContext('2d')
    if (ctx === null || last === undefined) return
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    ctx.clearRect(0, 0, canvas.width, canvas.height)
    last(ctx, color)
  }
  // Measured when it changes: to ask for it at each frame of a drag would lay the page out each time.
  const measure = () => {
    canvas.width = host.clientWidth * devicePixelRatio
    canvas.height = host.clientHeight * devicePixelRatio
    // A new size forgets it. To set it at each frame of a drag would have the styles computed each time.
    const ctx = canvas.getContext('2d')
    if (ctx !== null) {
      ctx.font = `14px ${family}`
      ctx.textBaseline = 'middle'
    }
    paint()
  }
  const resized = new ResizeObserver(measure)
  resized.observe(host)
  measure()
  signal.addEventListener('abort', () => {
    resized.disconnect()
    canvas.remove()
  })
  return (draw) => {
    last = draw
    paint()
  }
}

/** The time since the start of the infusion, and below it the clock; before the start the clock alone. */
export function drawAxes(
  scale: Scale,
  ticks: Ticks,
  zone: string,
  t0: number | undefined,
  names: [string, string],
): Draw {
  return (ctx, color) => {
    let y = ROW_PX / 2
    if (t0 !== undefined) {
      row(ctx, scale, ticks.main, (time) => sinceStart(time - t0), names[0], y, color('--text'))
      y += ROW_PX
    }
    row(ctx, scale, ticks.clock, (time) => minute(time * 1e6, zone), names[1], y, color('--muted'))
  }
}

function row(
  ctx: CanvasRenderingContext2D,
  scale: Scale,
  ticks: readonly number[],
  label: (time: number) => string,
  name: string,
  y: number,
  fill: string,
): void {
  ctx.fillStyle = fill
  ctx.textAlign = 'left'
  ctx.fillText(name, 0, y)
  ctx.textAlign = 'center'
  const end = GUTTER_PX + plotPx(scale) + LABELS_PX / 2
  // The name stands before the first label, never under it.
  let free = ctx.measureText(name).width + 6
  for (const time of ticks) {
    const x = xOf(scale, time)
    const half = ctx.measureText(label(time)).width / 2
    if (x - half < free || x + half > end) continue
    ctx.fillText(label(time), x, y)
    free = x + half
  }
}

/** The phases as bands with their names. Shape and word tell them apart: colours mean notices. */
export function drawPhases(scale: Scale, phases: readonly Phase[], names: Readonly<Record<string, string>>): Draw {
  return (ctx, color) => {
    const [least, most] = [GUTTER_PX, GUTTER_PX + plotPx(scale)]
    const bottom = ROW_PX
    for (const { phase, from, to } of phases) {
      const left = Math.max(least, xOf(scale, from))
      const right = Math.min(most, xOf(scale, Math.min(to, scale.to)))
      if (right <= least || left >= most || right - left < 1) continue
      ctx.save()
      ctx.beginPath()
      ctx.rect(left, 0, right - left, bottom)
      ctx.clip()
      if (phase === 'infusing') {
        ctx.fillStyle = color('--edge')
        ctx.fillRect(left, 0, right - left, bottom)
      } else if (phase === 'paused') hatch(ctx, left, right, bottom, color('--edge'))
      ctx.fillStyle = color('--text')
      ctx.textAlign = 'center'
      const name = word(names, phase)
      const wide = ctx.measureText(name).width
      if (wide + 8 <= right - left) {
        if (phase === 'paused') plate(ctx, (left + right) / 2, wide, bottom, color('--tile'))
        ctx.fillStyle = color('--text')
        ctx.fillText(name, (left + right) / 2, bottom / 2)
      }
      ctx.restore()
      ctx.strokeStyle = color('--muted')
      ctx.lineWidth = 1
      ctx.strokeRect(left + 0.5, 0.5, right - left - 1, bottom - 1)
    }
  }
}

function hatch(ctx: CanvasRenderingContext2D, left: number, right: number, height: number, stroke: string): void {
  ctx.strokeStyle = stroke
  ctx.lineWidth = 4
  ctx.beginPath()
  for (let x = Math.floor(left / 10) * 10 - height; x < right; x += 10) {
    ctx.moveTo(x, height)
    ctx.lineTo(x + height, 0)
  }
  ctx.stroke()
}

/** Plain ground under a name. */
function plate(ctx: CanvasRenderingContext2D, x: number, wide: number, height: number, fill: string): void {
  ctx.fillStyle = fill
  ctx.fillRect(x - wide / 2 - 4, 0, wide + 8, height)
}
