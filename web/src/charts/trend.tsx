/**
 * The trend of a chair: views, the chart, and its table twin (a canvas says nothing to a screen reader). Browser tests read
 * `[data-view]`: `session`, `60`, `15`; `moved` while it shows another time.
 */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Trends } from '../feed/trend'
import { text } from '../format/text'
import { minute } from '../format/time'
import type { Order } from '../model/choice'
import type { Session } from '../wire/wire'
import { Board } from './board'
import { type Built, build } from './build'
import { Choice, Movers, Rows } from './controls'
import type { Material } from './series'
import { Hers, trendSession } from './session'
import { plotPx } from './strip'
import { TableTwin } from './table_twin'
import { type Bounds, follows, frameOf, pan, RETURN_S, resolve, type View, zoom } from './view'

interface Props {
  readonly trends: Trends
  readonly chair: string
  /** The last session at the chair, as the log has it. */
  readonly session: Session | undefined
  /** Server time of day, UTC seconds. */
  readonly nowS: number | undefined
  readonly zone: string
  everyUs(source: string): number
  /** The order of the sources for a vital. */
  order(vital: string): Order
}

/** Besides the whole session, the last so many seconds. */
const VIEWS_S = [3600, 900] as const
/** Minutes in a row of the table. */
const EVERY_MIN = [1, 5, 10, 15] as const
/** Until the page has said how wide it is. */
const WIDTH_PX = 900

export function Trend(props: Props) {
  const { trends, chair, zone, nowS } = props
  const session = useMemo(() => trendSession(props.session), [props.session])
  const [every, setEvery] = useState<number>()
  const host = useRef<HTMLDivElement>(null)
  const widthPx = useWidth(host)
  const sources = { order: props.order, everyUs: props.everyUs, links: trends.links(chair) }
  const material: Material = { columns: trends.columns(chair), sources, session }
  const { since } = new Hers(session, material.columns)
  const picture = usePicture(material, since, nowS ?? 0, plotPx({ widthPx }), trends.version)
  const { view, from, to } = picture
  const turn = () => setEvery(every === undefined ? 1 : undefined)
  const key = (event: KeyboardEvent) => {
    const deed = event.key === 't' ? turn : picture.keys[event.key]
    if (deed === undefined) return
    event.preventDefault()
    deed()
  }
  const empty = nowS === undefined || (picture.panels.length === 0 && !session?.open)
  return (
    <section class="trend" aria-label={text.trend} data-view={nameOf(view)}>
      <Bar {...picture} every={every} setEvery={(minutes) => setEvery(minutes)} zone={zone} />
      <div class="plots" ref={host}>
        {empty ? (
          <p class="hint">{text.noTrend}</p>
        ) : every !== undefined ? (
          <TableTwin {...picture} material={material} every={every} zone={zone} />
        ) : (
          <Board {...picture} session={session} since={since} scale={{ from, to, widthPx }} zone={zone} press={key} />
        )}
      </div>
    </section>
  )
}

interface BarProps extends ReturnType<typeof usePicture> {
  readonly zone: string
  /** Minutes in a row of the table; undefined for the chart. */
  readonly every: number | undefined
  setEvery(minutes: number | undefined): void
}

function Bar(props: BarProps) {
  const { view, views, from, to, change, zone, every, setEvery } = props
  const moved = !follows(view)
  return (
    <div class="bar">
      {/* The way back takes its place: the other buttons stay where they are. */}
      <h2 class={moved ? 'unseen' : ''}>{text.trend}</h2>
      {moved && (
        <button type="button" class="past" onClick={() => change({ span: to - from })}>
          {text.chart.past(minute(from * 1e6, zone), minute(to * 1e6, zone))}
        </button>
      )}
      {every === undefined ? <Movers {...props} /> : <Rows all={EVERY_MIN} chosen={every} choose={setEvery} />}
      <Choice
        name={text.chart.views}
        all={views}
        chosen={moved ? undefined : view.span}
        say={(it) => (it === 'session' ? text.chart.session : text.minutes(it / 60))}
        choose={(span) => change({ span })}
      />
      <button type="button" onClick={() => setEvery(every === undefined ? 1 : undefined)}>
        {every === undefined ? text.asTable : text.asChart}
      </button>
    </div>
  )
}

const nameOf = (view: View): string =>
  !follows(view) || (view.span !== 'session' && !VIEWS_S.some((span) => span === view.span))
    ? 'moved'
    : view.span === 'session'
      ? view.span
      : String(view.span / 60)

/** What is shown, and what changes it. */
function usePicture(material: Material, since: number, nowS: number, widthPx: number, version: number) {
  const [asked, setAsked] = useState<View>()
  const touched = useRef(0)
  const built = useRef<Built>(undefined)
  // History comes in hundreds of parts; the picture takes it once a second.
  const arrived = useRef({ version, atS: nowS })
  if (arrived.current.version !== version && nowS - arrived.current.atS >= 1) arrived.current = { version, atS: nowS }
  const open = material.session?.open === true
  const view = viewOf(asked, open, nowS - touched.current)
  const bounds = boundsOf(material, since, nowS)
  const [first, last] = resolve(view, bounds)
  const frame = frameOf(nowS, last - first, widthPx)
  const [from, to] = resolve(view, { ...bounds, now: frame })
  built.current = build(built.current, material, [from, to], widthPx, { s: nowS, ...arrived.current })
  const change = (next: View) => {
    touched.current = nowS
    setAsked(next)
  }
  const views: View['span'][] = [...(open ? (['session'] as const) : []), ...VIEWS_S]
  const next = views[(views.indexOf(view.span) + 1) % views.length] ?? view.span
  return {
    ...{ view, views, from, to, change, panels: built.current.panels, newest: follows(view) },
    version: arrived.current.version,
    pan: (seconds: number) => change(pan(view, bounds, seconds)),
    zoom: (factor: number, at: number) => change(zoom(view, bounds, factor, at)),
    keys: {
      Home: () => change(open ? { span: 'session' } : zoom(view, bounds, Number.POSITIVE_INFINITY, to)),
      End: () => change({ span: view.span }),
      v: () => change({ span: next }),
    } as Readonly<Record<string, () => void>>,
  }
}

/** What was asked for, while that still makes sense: the past is left when nobody looks at it any more. */
function viewOf(asked: View | undefined, open: boolean, idleS: number): View {
  const usual: View = { span: open ? 'session' : 900 }
  if (asked === undefined || (asked.span === 'session' && !open)) return usual
  return !follows(asked) && idleS > RETURN_S ? { span: asked.span } : asked
}

function boundsOf({ columns, session }: Material, since: number, now: number): Bounds {
  if (session !== undefined) return { first: since, now }
  const times = columns.map((column) => column.time(0))
  return { first: Math.min(now, ...times.filter((time) => !Number.isNaN(time))), now }
}

function useWidth(host: { readonly current: HTMLElement | null }): number {
  const [widthPx, setWidth] = useState(WIDTH_PX)
  useLayoutEffect(() => {
    const element = host.current
    if (element === null) return
    const measure = () => setWidth(element.clientWidth)
    const resized = new ResizeObserver(measure)
    resized.observe(element)
    measure()
    return () => resized.disconnect()
  }, [])
  return widthPx
}
