/** The trend of a chair: panels on one time axis, and its table twin (a canvas says nothing to a screen reader). */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Column, Trends } from '../feed/trend'
import { text } from '../format/text'
import { clock, minute } from '../format/time'
import { label, unit } from '../format/value'
import type { Order } from '../model/choice'
import { mountPlot } from './plot'
import { panels, range, type TrendPanel, table } from './series'
import type { Sources } from './sources'

interface Props {
  readonly trends: Trends
  readonly chair: string
  /** Server time of day, UTC seconds. */
  readonly nowS: number | undefined
  readonly zone: string
  everyUs(source: string): number
  /** The order of the sources for a vital. */
  order(vital: string): Order
}

const SPANS_MIN = [15, 60]

/** A trend moves when it moves by a pixel, at most once a second; history moves it at once. */
export function frameOf(nowS: number, spanS: number, widthPx: number): number {
  const stepS = Math.max(1, spanS / Math.max(widthPx, 1))
  return Math.floor(nowS / stepS) * stepS
}

export function Trend(props: Props) {
  const [span, setSpan] = useState(15)
  const [asTable, setAsTable] = useState(false)
  const host = useRef<HTMLDivElement>(null)
  const { nowS, trends, chair } = props
  const to = nowS === undefined ? undefined : frameOf(nowS, span * 60, host.current?.clientWidth ?? 900)
  const columns = trends.columns(chair)
  const sources = { order: props.order, everyUs: props.everyUs, links: trends.links(chair) }
  return (
    <section class="trend" aria-label={text.trend}>
      <div class="bar">
        <h2>{text.trend}</h2>
        <div class="choice">
          {SPANS_MIN.map((n) => (
            <button type="button" key={n} aria-pressed={span === n} onClick={() => setSpan(n)}>
              {text.minutes(n)}
            </button>
          ))}
        </div>
        <button type="button" onClick={() => setAsTable(!asTable)}>
          {asTable ? text.asChart : text.asTable}
        </button>
      </div>
      <div class="plots" ref={host}>
        {to === undefined ? (
          <p class="hint">{text.noTrend}</p>
        ) : asTable ? (
          <Table columns={columns} sources={sources} from={to - span * 60} to={to} span={span} zone={props.zone} />
        ) : (
          <Panels
            zone={props.zone}
            columns={columns}
            sources={sources}
            from={to - span * 60}
            to={to}
            span={span}
            version={trends.version}
          />
        )}
      </div>
    </section>
  )
}

interface Shown {
  readonly columns: readonly Column[]
  readonly sources: Sources
  readonly from: number
  readonly to: number
  readonly span: number
  readonly zone: string
}

function Panels(props: Shown & { readonly version: number }) {
  const { columns, sources, from, to, span, zone, version } = props
  const [built, setBuilt] = useState<readonly TrendPanel[]>([])
  // Built when the picture moves, not at every tick.
  // The columns change in place; `to`, `version` and their number say when.
  useEffect(() => setBuilt(panels(columns, sources, from, to)), [from, to, version, columns.length])
  if (built.length === 0) return <p class="hint">{text.noTrend}</p>
  return (
    <>
      {built.map((panel, n) => (
        <figure key={panel.kind} class={`panel panel-${panel.kind}`}>
          <figcaption>
            {panel.title} <span class="muted">{panel.unit}</span>
          </figcaption>
          <Plot panel={panel} from={from} to={to} zone={zone} axis={n === built.length - 1} span={span} />
        </figure>
      ))}
    </>
  )
}

function Plot(props: { panel: TrendPanel; from: number; to: number; zone: string; axis: boolean; span: number }) {
  const { panel, from, to, zone, axis, span } = props
  const host = useRef<HTMLDivElement>(null)
  const set = useRef<ReturnType<typeof mountPlot>>(undefined)
  useEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    const tick = axis ? (seconds: number) => minute(seconds * 1e6, zone) : undefined
    set.current = mountPlot(host.current, { range: range(panel.kind), tick, axes: true }, left.signal)
    return () => left.abort()
  }, [panel.kind, zone, axis])
  useEffect(() => set.current?.(panel, from, to))
  const changed = panel.marks.map(({ time, label: name }) => ` ${text.sourceFrom(clock(time * 1e6, zone), name)}`)
  const says = `${panel.title}. ${text.trendOf(span)}${changed.join('')}`
  return <div class="plot" ref={host} role="img" aria-label={says} />
}

function Table({ columns, sources, from, to, span, zone }: Shown) {
  const { heads, rows } = table(columns, sources, from, to)
  if (heads.length === 0) return <p class="hint">{text.noTrend}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section class="scroll" tabIndex={0} aria-label={text.tableCaption(span)}>
      <table>
        <caption>{text.tableCaption(span)}</caption>
        <thead>
          <tr>
            <th scope="col">{text.timeColumn}</th>
            {heads.map((head, n) => (
              <th scope="col" key={n}>
                {label({ label: head.vital, site: '' })} <span class="muted">{unit(head.unit)}</span>
                {head.source !== undefined && <span class="muted"> {head.source}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.minute}>
              <th scope="row">{minute(row.minute * 1e6, zone)}</th>
              {row.cells.map((cell, n) => (
                <td key={n}>
                  {cell.text}
                  {cell.doubtful && ' ?'}
                  {cell.synthetic && ` ${text.demo}`}
                  {cell.source !== undefined && <span class="muted"> {cell.source}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
