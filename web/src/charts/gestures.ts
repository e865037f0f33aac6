/** Fingers, mouse, wheel and keys on a chart, as moves of its time. Distances are in pixels of the page. */

export interface Moves {
  /** To the right, into the past. */
  pan(px: number): void
  /** `factor` times as much time, around a place. */
  zoom(factor: number, x: number): void
}

/** A press that moved less is a tap. */
const TAP_PX = 4
/** One notch of a wheel. */
const NOTCH = 1.25
/** A wheel counts lines or pixels; a line has so many. */
const LINE_PX = 16
/** Pixels of one notch of most wheels. */
const NOTCH_PX = 100

/**
 * Drag to move, two fingers to zoom. The wheel zooms while the chart has the focus or with Ctrl (which is what a pinch on
 * a touchpad sends), and moves when it is turned sideways or with Shift; otherwise it scrolls the page as everywhere.
 */
export function listenTo(host: HTMLElement, moves: Moves, signal: AbortSignal): void {
  const down = new Map<number, number>()
  let dragged = false

  const place = (event: PointerEvent) => event.clientX - host.getBoundingClientRect().left

  function pressed(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    if (down.size === 0) dragged = false
    down.set(event.pointerId, place(event))
  }

  function moved(event: PointerEvent): void {
    const before = down.get(event.pointerId)
    if (before === undefined) return
    const x = place(event)
    if (!dragged && down.size === 1 && Math.abs(x - before) < TAP_PX) return
    if (!dragged) host.setPointerCapture(event.pointerId)
    dragged = true
    const [other] = [...down].filter(([id]) => id !== event.pointerId)
    down.set(event.pointerId, x)
    if (other === undefined) {
      moves.pan(x - before)
      return
    }
    const [, still] = other
    const [was, is] = [Math.abs(before - still), Math.abs(x - still)]
    if (was > 0 && is > 0) moves.zoom(was / is, (x + still) / 2)
    moves.pan((x - before) / 2)
  }

  const released = (event: PointerEvent) => down.delete(event.pointerId)

  host.addEventListener('pointerdown', pressed, { signal })
  host.addEventListener('pointermove', moved, { signal })
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
    host.addEventListener(end, released, { signal })
  listenToWheel(host, moves, signal)
}

/** The wheel alone. */
export function listenToWheel(host: HTMLElement, moves: Moves, signal: AbortSignal): void {
  function wheel(event: WheelEvent): void {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0
    if (sideways !== 0) moves.pan(-sideways * unit)
    else if (event.ctrlKey || host.contains(document.activeElement)) {
      moves.zoom(NOTCH ** ((event.deltaY * unit) / NOTCH_PX), event.clientX - host.getBoundingClientRect().left)
    } else return
    event.preventDefault()
  }

  host.addEventListener('wheel', wheel, { signal, passive: false })
}
