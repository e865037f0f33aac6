/** The table twin on the page. Browser tests read `table[data-rows]`, the minutes in a row. */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { text } from '../format/text'
import { minute } from '../format/time'
import { label, unit } from '../format/value'
import { sinceStart } from './axis'
import type { Material } from './series'
import { type Cell, type Head, table } from './table'

interface Props {
  readonly material: Material
  readonly from: number
  readonly to: number
  /** Minutes in a row. */
  readonly every: number
  readonly zone: string
  /** Changes when history came. */
  readonly version: number
}

/** Made anew when the picture moves, not at every tick: a long session has hundreds of rows. */
export function TableTwin(props: Props) {
  const { material, from, to, every, zone, version } = props
  const when = [from, to, every, zone, version, material.session, material.columns.length]
  return useMemo(() => <Twin {...props} />, when)
}

function Twin({ material, from, to, every, zone }: Props) {
  const host = useRef<HTMLElement>(null)
  // Whoever came with a key goes on with it: the chart took its focus along.
  useEffect(() => {
    if (document.activeElement === document.body) host.current?.focus()
  }, [])
  const { heads, rows } = table(material, from, to, every * 60)
  if (heads.length === 0) return <p class="hint">{text.noTrend}</p>
  const caption = text.chart.caption(every, minute(from * 1e6, zone), minute(to * 1e6, zone))
  const t0 = material.session?.t0
  const entered = rows.some(({ entries }) => entries.length > 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section class="scroll" ref={host} tabIndex={0} aria-label={caption}>
      <table data-rows={every}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {t0 !== undefined && <th scope="col">{text.chart.tPlus}</th>}
            <th scope="col">{text.timeColumn}</th>
            {heads.map((head, n) => (
              <HeadOf head={head} key={n} />
            ))}
            {entered && <th scope="col">{text.chart.entries}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.time}>
              {t0 !== undefined && <th scope="row">{sinceStart(row.time - t0)}</th>}
              <th scope={t0 === undefined ? 'row' : undefined}>{minute(row.time * 1e6, zone)}</th>
              {row.cells.map((cell, n) => (
                <td key={n}>
                  <CellOf cell={cell} />
                </td>
              ))}
              {entered && (
                <td>
                  {row.entries.map((said, n) => (
                    <p key={n}>{said}</p>
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function HeadOf({ head: { vital, site, unit: ucum, source } }: { readonly head: Head }) {
  return (
    <th scope="col">
      {label({ label: vital, site })} <span class="muted">{unit(ucum)}</span>
      {source !== undefined && <span class="muted"> {source}</span>}
    </th>
  )
}

/** Why a number is no plain one stands beside it in words. */
function CellOf({ cell: { text: said, number, look, synthetic, source } }: { readonly cell: Cell }) {
  return (
    <>
      {look === 'artefact' ? <s>{said}</s> : number ? said : <span class="muted">{said}</span>}
      {look === 'doubt' && ' ?'}
      {look === 'artefact' && ` ${text.chart.artefact}`}
      {look === 'typed' && ` ${text.chart.typed}`}
      {synthetic && ` ${text.demo}`}
      {source !== undefined && <span class="muted"> {source}</span>}
    </>
  )
}
