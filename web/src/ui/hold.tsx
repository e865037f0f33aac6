/**
 * A button that has to be held: what it does is not undone by a second press, and a dialog would be tapped away unread. Pointer
 * and keyboard alike; letting go too soon does nothing.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { text } from '../format/text'

/** How long; no shorter tap of a gloved hand reaches it. The bar in the button (live styles) takes the same time. */
export const HOLD_MS = 800

/** A finger that moved this far has changed its mind. */
const AWAY_PX = 40

interface Props {
  readonly children: preact.ComponentChildren
  readonly disabled?: boolean
  readonly act?: string
  done(): void
}

const isPress = (event: KeyboardEvent) => event.key === ' ' || event.key === 'Enter'

export function Hold({ children, disabled, act, done }: Props) {
  const [holding, setHolding] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const down = useRef<{ readonly x: number; readonly y: number }>(undefined)
  // The newest `done`: the page is drawn anew while somebody holds.
  const then = useRef(done)
  then.current = done
  const stop = () => {
    clearTimeout(timer.current)
    timer.current = undefined
    down.current = undefined
    setHolding(false)
  }
  const start = () => {
    if (disabled || timer.current !== undefined) return
    setHolding(true)
    timer.current = setTimeout(() => {
      stop()
      then.current()
    }, HOLD_MS)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <button
      type="button"
      class="main hold"
      data-act={act}
      data-holding={holding || undefined}
      disabled={disabled}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        // What moves on the page under a resting finger does not end its hold; a finger that moves away does.
        event.currentTarget.setPointerCapture(event.pointerId)
        down.current = { x: event.clientX, y: event.clientY }
        start()
      }}
      onPointerMove={(event) => {
        const from = down.current
        if (from !== undefined && Math.hypot(event.clientX - from.x, event.clientY - from.y) > AWAY_PX) stop()
      }}
      onPointerUp={stop}
      onPointerCancel={stop}
      onContextMenu={(event) => event.preventDefault()}
      onBlur={stop}
      onKeyDown={(event) => {
        if (!isPress(event)) return
        // A button would click at once.
        event.preventDefault()
        if (!event.repeat) start()
      }}
      onKeyUp={(event) => isPress(event) && stop()}
    >
      <span class="hold-bar" aria-hidden="true" />
      {/* What is read out begins with what is seen: who speaks to the page says the words on the button. */}
      <span class="hold-label">{children}</span>{' '}
      <span class="hold-hint">
        {holding ? text.session.keepHolding : text.session.hold}
        <span class="unseen"> {text.session.holdFor}</span>
      </span>
    </button>
  )
}
