/** Drag over a chart to choose a stretch of time, press to choose a point, two presses to see all. Distances are in pixels. */

export interface Selecting {
  /** While the drag goes on; `undefined` when it ended or was given up. */
  drag(from: number | undefined, to?: number): void
  /** It ended here. */
  chosen(from: number, to: number): void
  /** A press without a drag, on this element. */
  pressed(x: number, event: PointerEvent): void
  out(): void
}

/** A press that moved less is no drag. */
const TAP_PX = 5

export function listenToDrag(host: HTMLElement, selecting: Selecting, signal: AbortSignal): void {
  let down: { readonly id: number; readonly x: number } | undefined
  let dragged = false
  const place = (event: PointerEvent) => event.clientX - host.getBoundingClientRect().left
  const end = () => {
    down = undefined
    dragged = false
    selecting.drag(undefined)
  }

  host.addEventListener(
    'pointerdown',
    (event) => {
      if (event.pointerType === 'mouse' && event.button !== 0) return
      // A second finger gives the drag up.
      if (down !== undefined) end()
      else down = { id: event.pointerId, x: place(event) }
    },
    { signal },
  )
  host.addEventListener(
    'pointermove',
    (event) => {
      if (down?.id !== event.pointerId) return
      const x = place(event)
      if (!dragged && Math.abs(x - down.x) < TAP_PX) return
      if (!dragged) host.setPointerCapture(event.pointerId)
      dragged = true
      selecting.drag(down.x, x)
    },
    { signal },
  )
  host.addEventListener(
    'pointerup',
    (event) => {
      if (down?.id !== event.pointerId) return
      const [from, to, was] = [down.x, place(event), dragged]
      end()
      if (was) selecting.chosen(from, to)
      else selecting.pressed(to, event)
    },
    { signal },
  )
  host.addEventListener('pointercancel', end, { signal })
  host.addEventListener('dblclick', () => selecting.out(), { signal })
}
