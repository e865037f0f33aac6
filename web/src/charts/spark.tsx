/** The small trend of a wall tile: heart or pulse rate above oxygen saturation, the last 30 minutes. */
import { useEffect, useRef } from 'preact/hooks'
import type { Trends } from '../feed/trend'
import { text } from '../format/text'
import type { Order } from '../model/choice'
import type { Session } from '../wire/wire'
import { mountPlot, NO_PANEL } from './plot'
import { panels, range } from './series'
import { trendSession } from './session'
import { frameOf } from './view'

const SPAN_S = 30 * 60

interface Props {
  readonly trends: Trends
  readonly chair: string
  readonly nowS: number | undefined
  /** Of an open session nothing from before its span is drawn; of one that is over nothing at all. */
  readonly session?: Session | undefined
  everyUs(source: string): number
  order(vital: string): Order
}

export function Spark(props: Props) {
  return (
    <div class="spark" role="img" aria-label={text.sparkOf}>
      <Line {...props} kind="rates" />
      <Line {...props} kind="spo2" />
    </div>
  )
}

function Line({ trends, chair, nowS, session, everyUs, order, kind }: Props & { readonly kind: 'rates' | 'spo2' }) {
  const host = useRef<HTMLDivElement>(null)
  const set = useRef<ReturnType<typeof mountPlot>>(undefined)
  useEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    set.current = mountPlot(host.current, { range: range(kind), axes: false }, left.signal)
    return () => left.abort()
  }, [kind])
  const to = nowS === undefined ? undefined : frameOf(nowS, SPAN_S, host.current?.clientWidth ?? 150)
  // The columns change in place; time and version say when to draw.
  useEffect(() => {
    if (to === undefined) return
    const columns = trends.columns(chair).filter(({ vital, cuff }) => !cuff && vital !== 'art')
    const sources = { order, everyUs, links: trends.links(chair) }
    const material = { columns, sources, session: trendSession(session) }
    const panel = panels(material, to - SPAN_S, to).find((it) => it.kind === kind)
    set.current?.(panel ?? NO_PANEL, to - SPAN_S, to)
  }, [to, trends.version, chair, session])
  return <div class="spark-line" ref={host} />
}
