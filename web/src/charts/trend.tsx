/** The trend of a chair: panels on one time axis, and its table twin (a canvas says nothing to a screen reader). */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Column, Trends } from '../feed/trend'
import { text } from '../format/text'
import { minute } from '../format/time'
import { label, unit } from '../format/value'
import { mountPlot } from './plot'
import { panels, range, type TrendPanel, table } from './series'

interface Props {
  readonly trends: Trends
  readonly chair: string
  /** Server time of day, UTC seconds. */
  readonly nowS: number | undefined
  readonly zone: string
  everyUs(source: string): number
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
          <Table columns={columns} from={to - span * 60} to={to} span={span} zone={props.zone} />
        ) : (
          <Panels {...props} columns={columns} from={to - span * 60} to={to} span={span} version={trends.version} />
        )}
      </div>
    </section>
  )
}

interface Shown {
  readonly columns: readonly Column[]
  readonly from: number
  readonly to: number
  readonly span: number
  readonly zone: string
}

function Panels(props: Shown & Pick<Props, 'everyUs'> & { readonly version: number }) {
  const { columns, from, to, span, zone, everyUs, version } = props
  const [built, setBuilt] = useState<readonly TrendPanel[]>([])
  // Built when the picture moves, not at every tick.
  // The columns change in place; `to`, `version` and their number say when.
  useEffect(() => setBuilt(panels(columns, everyUs, from, to)), [from, to, version, columns.length])
  if (built.length === 0) return <p class="hint">{text.noTrend}</p>
  return (
    <>
      {built.map((panel, n) => (
        <figure key={panel.kind} class={`panel panel-${panel.kind}`}>
          <figcaption>
            {panel.title} <span class="muted">{panel.unit}</span>
          </figcaption>
          <Plot panel={panel} from={from} to={to} zone={n === built.length - 1 ? zone : undefined} span={span} />
        </figure>
      ))}
    </>
  )
}

function Plot(props: { panel: TrendPanel; from: number; to: number; zone: string | undefined; span: number }) {
  const { panel, from, to, zone, span } = props
  const host = useRef<HTMLDivElement>(null)
  const set = useRef<ReturnType<typeof mountPlot>>(undefined)
  useEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    const tick = zone === undefined ? undefined : (seconds: number) => minute(seconds * 1e6, zone)
    set.current = mountPlot(host.current, { range: range(panel.kind), tick, axes: true }, left.signal)
    return () => left.abort()
  }, [panel.kind, zone])
  useEffect(() => set.current?.(panel, from, to))
  return <div class="plot" ref={host} role="img" aria-label={`${panel.title}. ${text.trendOf(span)}`} />
}

function Table({ columns, from, to, span, zone }: Shown) {
  const shown = columns.filter((column) => column.from(from) < column.length)
  if (shown.length === 0) return <p class="hint">{text.noTrend}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section class="scroll" tabIndex={0} aria-label={text.tableCaption(span)}>
      <table>
        <caption>{text.tableCaption(span)}</caption>
        <thead>
          <tr>
            <th scope="col">{text.timeColumn}</th>
            {shown.map((column) => (
              <th scope="col" key={`${column.vital} ${column.source} ${column.unit} ${column.cuff}`}>
                {label({ label: column.vital, site: '' })} <span class="muted">{unit(column.unit)}</span>
                <span class="muted"> {column.source}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table(shown, from, to).map((row) => (
            <tr key={row.minute}>
              <th scope="row">{minute(row.minute * 1e6, zone)}</th>
              {row.cells.map((cell, n) => (
                <td key={n}>
                  {cell.text}
                  {cell.doubtful && ' ?'}
                  {cell.synthetic && ` ${text.demo}`}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
