/** What a panel draws besides its lines: pairs of pressures, values that stand by themselves, shapes, baselines. */
import type uPlot from 'uplot'
import type { Backdrop, Level, Panel, Series, Shape, Spot } from './plot'

type Color = (name: string) => string
type Span = readonly [number, number]

const CARET_PX = 6
/** Between two shapes on a line; in even steps of time, so that they move with it. */
const SHAPES_PX = 130
/** Of crosses or rings closer than this in both directions one is drawn. */
const SPOT_PX = 7

/** Behind everything that was measured: what is not this session's, the uprights between phases, the baseline. */
export function drawBackground(
  u: uPlot,
  { since, phases }: Backdrop,
  levels: readonly Level[],
  span: Span,
  color: Color,
  family: string,
): void {
  const { ctx } = u
  const px = devicePixelRatio
  const { left, top, width, height } = u.bbox
  const x = (time: number) => Math.min(left + width, Math.max(left, u.valToPos(time, 'x', true)))
  ctx.save()
  ctx.setLineDash([])
  if (since > span[0]) {
    ctx.beginPath()
    ctx.rect(left, top, x(since) - left, height)
    ctx.clip()
    ctx.strokeStyle = color('--edge')
    ctx.lineWidth = px
    ctx.beginPath()
    for (let at = left - height; at < x(since); at += 12 * px) {
      ctx.moveTo(at, top + height)
      ctx.lineTo(at + height, top)
    }
    ctx.stroke()
    ctx.restore()
    ctx.save()
  }
  ctx.fillStyle = color('--muted')
  for (const time of phases) if (time >= span[0] && time <= span[1]) ctx.fillRect(Math.round(x(time)), top, px, height)
  drawLevels(u, levels, span, color, family)
  ctx.restore()
}

export function drawPoints(u: uPlot, panel: Panel, span: Span, color: Color): void {
  const { ctx } = u
  const { left, top, width, height } = u.bbox
  ctx.save()
  // What lies at the border is drawn whole above and below, and cut off at the sides.
  ctx.beginPath()
  ctx.rect(left, 0, width, Math.max(ctx.canvas.height, top + height))
  ctx.clip()
  // The series drawn before may have left its dash.
  ctx.setLineDash([])
  ctx.lineJoin = 'round'
  for (const series of panel.series) {
    if (series.look === 'carets') drawPairs(u, panel.times, series, span, color(series.color))
    if (series.shape !== undefined) drawShapes(u, panel.times, series, series.shape, span, color)
  }
  drawSpots(u, panel.spots, span, color)
  ctx.restore()
}

/** First place at or after a time. */
function placeOf(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The anaesthesia convention: systolic a caret down, diastolic a caret up, joined. */
function drawPairs(u: uPlot, times: readonly number[], { values, low }: Series, span: Span, stroke: string): void {
  for (let i = placeOf(times, span[0]); i < times.length && (times[i] ?? 0) <= span[1]; i++) {
    const [high, under] = [values[i], low?.[i]]
    if (high != null || under != null) drawPair(u, times[i] ?? 0, high, under, stroke, 'plain')
  }
}

/** One measurement. Hollow for an artefact, thin and broken for a doubtful one, with squares for a typed one. */
function drawPair(
  u: uPlot,
  time: number,
  high: number | null | undefined,
  under: number | null | undefined,
  stroke: string,
  look: 'plain' | Spot['look'],
): void {
  const { ctx } = u
  const px = devicePixelRatio
  const r = CARET_PX * px
  const x = u.valToPos(time, 'x', true)
  ctx.strokeStyle = stroke
  ctx.fillStyle = stroke
  for (const [value, way] of [
    [high, -1],
    [under, 1],
  ] as const) {
    if (value == null) continue
    const y = u.valToPos(value, 'y', true)
    if (look === 'typed') {
      square(ctx, x, y)
      continue
    }
    ctx.beginPath()
    ctx.lineWidth = (look === 'plain' ? 2.2 : 1.2) * px
    ctx.moveTo(x - r, y + way * r)
    ctx.lineTo(x, y)
    ctx.lineTo(x + r, y + way * r)
    if (look === 'artefact') ctx.closePath()
    ctx.stroke()
    if (look === 'doubt') cross(ctx, x, y + way * 1.6 * r, 3.5 * px)
  }
  if (high == null || under == null) return
  ctx.beginPath()
  ctx.lineWidth = px
  if (look !== 'plain') ctx.setLineDash([2 * px, 3 * px])
  ctx.moveTo(x, u.valToPos(high, 'y', true))
  ctx.lineTo(x, u.valToPos(under, 'y', true))
  ctx.stroke()
  ctx.setLineDash([])
}

function drawSpots(u: uPlot, spots: readonly Spot[], span: Span, color: Color): void {
  const { ctx } = u
  const px = devicePixelRatio
  let [lastX, lastY] = [Number.NEGATIVE_INFINITY, 0]
  for (const { time, value, low, color: name, look } of spots) {
    if (time < span[0] || time > span[1]) continue
    if (low !== undefined) {
      drawPair(u, time, value, low, color(name), look)
      continue
    }
    const [x, y] = [u.valToPos(time, 'x', true), u.valToPos(value, 'y', true)]
    const near = Math.abs(x - lastX) < SPOT_PX * px && Math.abs(y - lastY) < SPOT_PX * px
    if (look !== 'typed' && near) continue
    if (look !== 'typed') [lastX, lastY] = [x, y]
    ctx.strokeStyle = color(name)
    ctx.fillStyle = color(name)
    ctx.lineWidth = 1.5 * px
    if (look === 'typed') square(ctx, x, y)
    else if (look === 'doubt') cross(ctx, x, y, 3.5 * px)
    else {
      ctx.beginPath()
      ctx.arc(x, y, 3.5 * px, 0, 2 * Math.PI)
      ctx.stroke()
    }
  }
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  ctx.beginPath()
  ctx.moveTo(x - r, y - r)
  ctx.lineTo(x + r, y + r)
  ctx.moveTo(x + r, y - r)
  ctx.lineTo(x - r, y + r)
  ctx.stroke()
}

/** A box with a dot: typed by a hand. */
function square(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  const px = devicePixelRatio
  ctx.lineWidth = 2 * px
  ctx.strokeRect(x - 5 * px, y - 5 * px, 10 * px, 10 * px)
  ctx.fillRect(x - 1.5 * px, y - 1.5 * px, 3 * px, 3 * px)
}

/** A shape on the line every so often, at a value and never between two. */
function drawShapes(
  u: uPlot,
  times: readonly number[],
  { values, color: name }: Series,
  shape: Shape,
  span: Span,
  color: Color,
): void {
  const { ctx } = u
  const px = devicePixelRatio
  // A step that holds still while the picture moves.
  const stepS = 2 ** Math.ceil(Math.log2(((span[1] - span[0]) / (u.bbox.width / px)) * SHAPES_PX))
  let step = Number.NaN
  ctx.strokeStyle = color(name)
  ctx.lineWidth = 2 * px
  for (let i = placeOf(times, span[0]); i < times.length && (times[i] ?? 0) <= span[1]; i++) {
    const [time = 0, value] = [times[i], values[i]]
    const now = Math.floor(time / stepS)
    if (value == null || now === step) continue
    // Not where the picture begins: the shape would run along with its border.
    const first = Number.isNaN(step)
    step = now
    if (first) continue
    ctx.fillStyle = shape === 'ring' || shape === 'triangle' ? color('--tile') : color(name)
    outline(ctx, shape, u.valToPos(time, 'x', true), u.valToPos(value, 'y', true), 4 * px)
    if (shape !== 'plus') ctx.fill()
    ctx.stroke()
  }
}

const CORNERS: Readonly<Partial<Record<Shape, readonly (readonly [number, number])[]>>> = {
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]], // biome-ignore format: a table
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]], // biome-ignore format: a table
  triangle: [[0, -1.2], [1.1, 0.9], [-1.1, 0.9]], // biome-ignore format: a table
}

function outline(ctx: CanvasRenderingContext2D, shape: Shape, x: number, y: number, r: number): void {
  ctx.beginPath()
  const corners = CORNERS[shape]
  if (corners !== undefined) {
    for (const [dx, dy] of corners) ctx.lineTo(x + dx * r, y + dy * r)
    ctx.closePath()
  } else if (shape === 'plus') {
    ctx.moveTo(x - r, y)
    ctx.lineTo(x + r, y)
    ctx.moveTo(x, y - r)
    ctx.lineTo(x, y + r)
  } else ctx.arc(x, y, r * 0.9, 0, 2 * Math.PI)
}

/** Height of a row of names, and the room between two. */
const NAME_PX = 17

/**
 * Thin lines at the values from before the infusion, with their names above them. They stand behind everything that was
 * measured; of two names that would touch the lower one stands further to the right.
 */
function drawLevels(u: uPlot, levels: readonly Level[], span: Span, color: Color, family: string): void {
  const { ctx } = u
  const px = devicePixelRatio
  const right = u.bbox.left + u.bbox.width
  const named: { readonly x: number; readonly y: number }[] = []
  ctx.font = `${14 * px}px ${family}`
  ctx.textBaseline = 'bottom'
  ctx.textAlign = 'left'
  for (const { value, from, to, color: name, label } of levels.toSorted((a, b) => b.value - a.value)) {
    if (from > span[1] || (to ?? span[1]) < span[0]) continue
    const x = u.valToPos(Math.max(from, span[0]), 'x', true)
    const y = Math.round(u.valToPos(value, 'y', true)) + 0.5
    ctx.strokeStyle = color(name)
    ctx.fillStyle = color(name)
    ctx.lineWidth = px
    ctx.setLineDash([2 * px, 4 * px])
    ctx.beginPath()
    ctx.moveTo(x, y)
    // However short it stood, it is seen.
    ctx.lineTo(to === undefined ? right : Math.min(right, Math.max(x + 8 * px, u.valToPos(to, 'x', true))), y)
    ctx.stroke()
    ctx.setLineDash([])
    const near = named.filter((it) => Math.abs(it.y - y) < NAME_PX * px).map((it) => it.x)
    const at = Math.max(x + 6 * px, ...near)
    const end = at + ctx.measureText(label).width
    // At the upper end of a low panel the name stands below its line.
    const below = y - NAME_PX * px < u.bbox.top - 4 * px
    if (end < right) ctx.fillText(label, at, below ? y + NAME_PX * px : y - px)
    named.push({ x: end + 14 * px, y })
  }
}
