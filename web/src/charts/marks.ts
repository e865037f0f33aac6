/** Where the source of a line changed: a dashed upright, and the name of the new one where there is room for it. */
import type uPlot from 'uplot'
import type { Panel } from './plot'

const LINE_PX = 17

/** Draws the marks of a panel that lie in the shown span; without `named` the uprights only. */
export function drawMarks(
  u: uPlot,
  panel: Panel,
  span: readonly [number, number],
  color: (name: string) => string,
  named: boolean,
): void {
  const { ctx } = u
  const px = devicePixelRatio
  const { left, top, width, height } = u.bbox
  const line = LINE_PX * px
  ctx.save()
  ctx.font = `600 ${13 * px}px ${getComputedStyle(u.root).fontFamily}`
  ctx.textBaseline = 'bottom'
  ctx.textAlign = 'left'
  ctx.strokeStyle = color('--text')
  ctx.lineWidth = 1.5 * px
  ctx.setLineDash([3 * px, 3 * px])
  const inside = panel.marks
    .filter(({ time }) => time >= span[0] && time <= span[1])
    .map(({ time, label }) => ({ label, x: Math.round(u.valToPos(time, 'x', true)) }))
    .sort((a, b) => b.x - a.x)
  ctx.beginPath()
  for (const { x } of inside) {
    ctx.moveTo(x, top)
    ctx.lineTo(x, top + height)
  }
  ctx.stroke()
  // The newest first: of two names that would touch the newer one stays.
  let free = left + width
  for (const { label, x } of named ? inside : []) {
    const wide = ctx.measureText(label).width + 10 * px
    // At the right end there is room only before the upright.
    const at = x + wide <= free ? x : free === left + width ? x - wide : undefined
    if (at === undefined || at < left) continue
    free = at
    // At the foot or at the head, wherever it covers fewer values.
    const covered = (y: number) => valuesIn(u, panel, at, at + wide, y, y + line)
    const foot = top + height - line
    const y = covered(foot) <= covered(top) ? foot : top
    if (covered(y) === 0) {
      ctx.fillStyle = color('--tile')
      ctx.fillRect(at + 2 * px, y, wide - 4 * px, line)
    }
    ctx.fillStyle = color('--text')
    ctx.fillText(label, at + 5 * px, y + line - px)
  }
  ctx.restore()
}

/** How many values stand in this box of the canvas. */
function valuesIn(u: uPlot, panel: Panel, left: number, right: number, top: number, bottom: number): number {
  let count = 0
  panel.times.forEach((time, i) => {
    const x = u.valToPos(time, 'x', true)
    if (x < left || x > right) return
    for (const { values, low } of panel.series) {
      for (const value of [values[i], low?.[i]]) {
        const y = value == null ? -1 : u.valToPos(value, 'y', true)
        if (y >= top && y <= bottom) count += 1
      }
    }
  })
  return count
}
