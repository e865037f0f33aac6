/** Small things of drawn charts: ticks, paths, how wide the page is. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

const STEPS = [1, 2, 5] as const

/** About so many round numbers between two ends. */
export function niceTicks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(1, about)
  if (!(rough > 0)) return [low]
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (STEPS.map((it) => it * power).find((it) => it >= rough) ?? 10 * power) || 1
  const found: number[] = []
  for (let n = Math.ceil(low / step); n * step <= high + step * 1e-9; n++) found.push(Math.round(n * step * 1e6) / 1e6)
  return found
}

export const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

/** Until the page has said how wide it is. */
const WIDTH_PX = 900

/** The width of an element, as it changes. */
export function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const host = useRef<HTMLDivElement>(null)
  const [widthPx, setWidth] = useState(WIDTH_PX)
  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return
    const measure = () => setWidth(Math.max(200, element.clientWidth))
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    measure()
    return () => resized.disconnect()
  }, [])
  return [host, widthPx]
}
