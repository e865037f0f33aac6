/**
 * The chart of a recorded session: drag to zoom, two presses or Esc to see all, keys as in the live trend. Browser tests read
 * `[data-zoomed]` on it, and `[data-event]` as in the trend.
 */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { text } from '../format/text'
import { clock } from '../format/time'
import { r } from '../screens/record/words'
import { Axes, Plot } from './board'
import { type Built, build } from './build'
import { Legend } from './controls'
import { listenToWheel } from './gestures'
import { Lane } from './lane'
import { type Picked, pick } from './pick'
import { type Backdrop, extremesOf, GUTTER_PX, type Level } from './plot'
import type { RecordColumn } from './record'
import { listenToDrag } from './select'
import { type Material, range, type TrendPanel } from './series'
import { Hers } from './session'
import { between, isWhole, moved, type Span, within, zoomed } from './span'
import { plotPx, type Scale, ticksOf, timeAt } from './strip'

interface Props {
  readonly material: Material
  readonly columns: readonly RecordColumn[]
  /** Limits while their notices stood, by panel. */
  readonly limits: ReadonlyMap<string, readonly Level[]>
  readonly whole: Span
  readonly span: Span
  /** What somebody looks at elsewhere on the page. */
  readonly looked: number | undefined
  readonly zone: string
  set(span: Span): void
  picked(it: Picked): void
}

/** Until the page has said how wide it is. */
const WIDTH_PX = 900
const STEP = 0.1
const KEY_ZOOM = 1.5
/** As the padding of a plot above and below its values. */
const PLOT_EDGE_PX = 5

export function RecordBoard(props: Props) {
  const { material, limits, span, whole, zone, looked } = props
  const host = useRef<HTMLDivElement>(null)
  const widthPx = useWidth(host)
  const [entry, setEntry] = useState<{ seq: number; time: number }>()
  const [drag, setDrag] = useState<readonly [number, number]>()
  const scale: Scale = { ...span, widthPx }
  const panels = usePanels(material, limits, span, plotPx(scale))
  const { session } = material
  const since = useMemo(() => new Hers(session, material.columns).since, [material])
  const ticks = ticksOf(scale, zone, session?.t0)
  const backdrop: Backdrop = {
    ticks: ticks.main,
    since,
    phases: session?.phases.slice(1).map(({ from }) => from) ?? [],
    chosen: entry?.time ?? looked,
  }
  useGestures(host, { ...props, scale, panels, setDrag })
  const names = panels.map(({ title }) => title).join(', ')
  const says = r.chartSays(names, clock(span.from * 1e6, zone), clock(span.to * 1e6, zone))
  return (
    <div class="plots record-plots" data-zoomed={!isWhole(whole, span) || undefined}>
      {session !== undefined && (
        <Lane
          session={session}
          scale={scale}
          zone={zone}
          chosen={entry?.seq}
          choose={(seq, time) => setEntry(seq === undefined || time === undefined ? undefined : { seq, time })}
        />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form */}
      <div
        class="moving"
        ref={host}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved with keys
        tabIndex={0}
        aria-label={says}
        onKeyDown={(event) => pressKey(event, props, panels)}
      >
        {panels.map((panel) => (
          <figure
            key={`${panel.kind} ${panel.code}`}
            class={`panel panel-${panel.kind}`}
            data-panel={`${panel.kind} ${panel.code}`}
          >
            <Plot panel={panel} scale={scale} backdrop={backdrop} zone={zone} />
          </figure>
        ))}
        {drag !== undefined && <Stretch drag={drag} />}
        {panels.length === 0 && <p class="hint">{text.noTrend}</p>}
      </div>
      <Axes scale={scale} ticks={ticks} zone={zone} t0={session?.t0} />
      <Legend panels={panels} hatched={since > span.from} />
    </div>
  )
}

/** What a drag would show. */
function Stretch({ drag: [a, b] }: { readonly drag: readonly [number, number] }) {
  return <div class="stretch" style={{ left: `${Math.min(a, b)}px`, width: `${Math.abs(b - a)}px` }} />
}

/** The panels with the limits that stood, the same ones until something of them changed. */
function usePanels(material: Material, limits: Props['limits'], span: Span, widthPx: number): readonly TrendPanel[] {
  const built = useRef<Built>(undefined)
  built.current = build(
    built.current?.session === material.session ? built.current : undefined,
    material,
    [span.from, span.to],
    widthPx,
    { s: 0, version: 0 },
  )
  const { panels } = built.current
  return useMemo(
    () =>
      panels.map((panel) => ({
        ...panel,
        levels: [...panel.levels, ...(limits.get(`${panel.kind} ${panel.code}`) ?? [])],
      })),
    [panels, limits],
  )
}

interface Gestures extends Props {
  readonly scale: Scale
  readonly panels: readonly TrendPanel[]
  setDrag(drag: readonly [number, number] | undefined): void
}

function useGestures(host: { readonly current: HTMLElement | null }, newest: Gestures): void {
  const now = useRef(newest)
  now.current = newest
  useEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    const at = (x: number) => timeAt(now.current.scale, x)
    listenToDrag(
      host.current,
      {
        drag: (from, to) => now.current.setDrag(from === undefined || to === undefined ? undefined : [from, to]),
        chosen: (from, to) => now.current.set(between(now.current.whole, at(from), at(to))),
        pressed: (x, event) => press(now.current, x, event),
        out: () => now.current.set(now.current.whole),
      },
      left.signal,
    )
    const moves = {
      pan: (px: number) => {
        const { scale, whole, span, set } = now.current
        set(moved(whole, span, (-px / plotPx(scale)) * (span.to - span.from)))
      },
      zoom: (factor: number, x: number) => {
        const { whole, span, set } = now.current
        set(zoomed(whole, span, factor, at(x)))
      },
    }
    listenToWheel(host.current, moves, left.signal)
    return () => left.abort()
  }, [])
}

/** The value under a finger. */
function press({ panels, columns, scale, picked }: Gestures, x: number, event: PointerEvent): void {
  const figure = (event.target as HTMLElement).closest<HTMLElement>('[data-panel]')
  const panel = panels.find((it) => `${it.kind} ${it.code}` === figure?.dataset.panel)
  if (figure == null || panel === undefined || x < GUTTER_PX || x > GUTTER_PX + plotPx(scale)) return
  const box = figure.getBoundingClientRect()
  const [low, high] = range(panel.kind, panel.code)(...extremesOf(panel))
  const valuePerPx = (high - low) / Math.max(1, box.height - 2 * PLOT_EDGE_PX)
  const found = pick(columns, {
    panel: `${panel.kind} ${panel.code}`,
    time: timeAt(scale, x),
    value: high - (event.clientY - box.top - PLOT_EDGE_PX) * valuePerPx,
    timePerPx: (scale.to - scale.from) / plotPx(scale),
    valuePerPx,
  })
  if (found !== undefined) picked(found)
}

function pressKey(event: KeyboardEvent, props: Props, panels: readonly TrendPanel[]): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { whole, span, set, looked, columns, picked } = props
  const long = span.to - span.from
  const seen = looked !== undefined && looked >= span.from && looked <= span.to
  const middle = seen ? looked : span.from + long / 2
  const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageUp: -1, PageDown: 1 }[event.key]
  if (by !== undefined) set(moved(whole, span, by * long))
  else if (event.key === '+' || event.key === '=') set(zoomed(whole, span, 1 / KEY_ZOOM, middle))
  else if (event.key === '-') set(zoomed(whole, span, KEY_ZOOM, middle))
  else if (event.key === 'Home') set(whole)
  else if (event.key === 'End') set(within(whole, { from: whole.to - long, to: whole.to }))
  else if (event.key === 'Escape' && !isWhole(whole, span)) set(whole)
  else if (event.key === 'Enter' && event.target === event.currentTarget) {
    const [first] = panels
    const found = first && pickMiddle(columns, `${first.kind} ${first.code}`, middle, long)
    if (found === undefined) return
    picked(found)
  } else return
  event.preventDefault()
}

/** The value nearest to the middle of the picture, in its first panel: where a keyboard begins. */
const pickMiddle = (columns: readonly RecordColumn[], panel: string, time: number, long: number) =>
  pick(columns, { panel, time, value: 0, timePerPx: long / 28, valuePerPx: Number.POSITIVE_INFINITY })

function useWidth(host: { readonly current: HTMLElement | null }): number {
  const [widthPx, setWidth] = useState(WIDTH_PX)
  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return
    const measure = () => {
      const px = element.clientWidth
      setWidth(px)
      // On paper it keeps its width and is made smaller as a whole (record.css): nothing is drawn anew for it.
      element.closest<HTMLElement>('.record-trend')?.style.setProperty('--chart-px', String(px))
    }
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    measure()
    return () => resized.disconnect()
  }, [])
  return widthPx
}
