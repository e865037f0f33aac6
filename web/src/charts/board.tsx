/** The chart of a trend: panels on one time axis, the phases above, the axes below, and what moves them. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { text } from '../format/text'
import { clock } from '../format/time'
import { Legend } from './controls'
import { listenTo, type Moves } from './gestures'
import { Lane } from './lane'
import { type Backdrop, mountPlot } from './plot'
import { range, type TrendPanel } from './series'
import type { TrendSession } from './session'
import { drawAxes, mountStrip, plotPx, type Scale, type Ticks, ticksOf, timeAt } from './strip'

interface Props {
  readonly panels: readonly TrendPanel[]
  readonly session: TrendSession | undefined
  /** Nothing before is hers. */
  readonly since: number
  readonly scale: Scale
  readonly zone: string
  /** The present is in the picture. */
  readonly newest: boolean
  /** Moves the picture by seconds. */
  pan(seconds: number): void
  zoom(factor: number, at: number): void
  /** Keys that do something else. */
  press(event: KeyboardEvent): void
}

/** An arrow key moves by this share of the picture, a page key by all of it. */
const STEP = 0.1
const KEY_ZOOM = 1.5

export function Board(props: Props) {
  const { panels, session, since, scale, zone } = props
  const [chosen, setChosen] = useState<{ seq: number; time: number }>()
  const ticks = ticksOf(scale, zone, session?.t0)
  const phases = session?.phases.slice(1).map(({ from }) => from) ?? []
  const backdrop: Backdrop = { ticks: ticks.main, since, phases, chosen: chosen?.time }
  const times = [scale.from, scale.to].map((time) => clock(time * 1e6, zone)) as [string, string]
  const names = panels.map(({ title }) => title).join(', ')
  return (
    <>
      {session?.open && (
        <Lane
          session={session}
          scale={scale}
          zone={zone}
          chosen={chosen?.seq}
          choose={(seq, time) => setChosen(seq === undefined || time === undefined ? undefined : { seq, time })}
        />
      )}
      <Moving {...props} says={text.chart.says(names, ...times)}>
        {panels.map((panel) => (
          <figure key={`${panel.kind} ${panel.code}`} class={`panel panel-${panel.kind}`}>
            <Plot panel={panel} scale={scale} backdrop={backdrop} zone={zone} />
          </figure>
        ))}
      </Moving>
      <Axes scale={scale} ticks={ticks} zone={zone} t0={session?.t0} />
      <Legend panels={panels} hatched={since > scale.from} />
    </>
  )
}

/** What can be dragged, turned, pinched, and moved with keys. */
function Moving(props: Props & { readonly says: string; readonly children: preact.ComponentChildren }) {
  const host = useRef<HTMLDivElement>(null)
  // The newest scale, for listeners that are set once.
  const now = useRef(props)
  now.current = props
  useEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    const moves: Moves = {
      pan: (px) => {
        const { scale, pan } = now.current
        pan((-px / plotPx(scale)) * (scale.to - scale.from))
      },
      zoom: (factor, x) => now.current.zoom(factor, timeAt(now.current.scale, x)),
    }
    listenTo(host.current, moves, left.signal)
    return () => left.abort()
  }, [])
  const { scale, says, newest } = props
  const pressed = (event: KeyboardEvent) => {
    const span = scale.to - scale.from
    // Around the newest value while that is in view, so that it stays there.
    const middle = newest ? scale.to : scale.to - span / 2
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -1, PageDown: 1 }[event.key]
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (by !== undefined) props.pan(by * span)
    else if (event.key === '+' || event.key === '=') props.zoom(1 / KEY_ZOOM, middle)
    else if (event.key === '-') props.zoom(KEY_ZOOM, middle)
    else {
      props.press(event)
      return
    }
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved with keys
    <div class="moving" ref={host} role="group" tabIndex={0} aria-label={says} onKeyDown={pressed}>
      {props.children}
    </div>
  )
}

export function Plot(props: { panel: TrendPanel; scale: Scale; backdrop: Backdrop; zone: string }) {
  const { panel, scale, backdrop, zone } = props
  const host = useRef<HTMLDivElement>(null)
  const set = useRef<ReturnType<typeof mountPlot>>(undefined)
  useLayoutEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    set.current = mountPlot(host.current, { range: range(panel.kind, panel.code), axes: true }, left.signal)
    return () => left.abort()
  }, [panel.kind, panel.code])
  useLayoutEffect(() => set.current?.(panel, scale.from, scale.to, backdrop))
  const changed = panel.marks.map(({ time, label: name }) => ` ${text.sourceFrom(clock(time * 1e6, zone), name)}`)
  return <div class="plot" ref={host} role="img" aria-label={`${panel.title} ${panel.unit}.${changed.join('')}`} />
}

export function Axes(props: { scale: Scale; ticks: Ticks; zone: string; t0: number | undefined }) {
  const { scale, ticks, zone, t0 } = props
  const host = useRef<HTMLDivElement>(null)
  const draw = useRef<ReturnType<typeof mountStrip>>(undefined)
  useLayoutEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    draw.current = mountStrip(host.current, left.signal)
    return () => left.abort()
  }, [])
  useLayoutEffect(() => draw.current?.(drawAxes(scale, ticks, zone, t0, [text.chart.tPlus, text.chart.clock])))
  return <div class={`strip axes${t0 === undefined ? '' : ' both'}`} ref={host} aria-hidden="true" />
}
