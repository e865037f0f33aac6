/**
 * The interval table, and behind each cell the values it was made of. Browser tests read `table[data-every]`, `[data-raw]` on the
 * list behind a cell.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Picked } from '../../charts/pick'
import type { RecordColumn } from '../../charts/record'
import { MARK } from '../../feed/trend'
import { text, word } from '../../format/text'
import { clock, clockMs, minute } from '../../format/time'
import { reason, unit } from '../../format/value'
import type { SessionTable } from '../../wire/wire'
import { tableOf } from './ask'
import type { Page } from './page'
import { sinceText } from './when'
import { r } from './words'

const EVERY = [1, 5, 10, 15] as const
/** Of a window a person reads so many values; the chart and the exports have all. */
const RAW_MAX = 900

interface Window {
  readonly vital: string
  readonly fromUs: number
  readonly toUs: number
}

export function Interval({ page, open }: { readonly page: Page; readonly open: boolean }) {
  const { session } = page.record
  const [every, setEvery] = useState<number>(5)
  const [table, setTable] = useState<SessionTable>()
  const [wrong, setWrong] = useState('')
  const [window, setWindow] = useState<Window>()
  useEffect(() => {
    let left = false
    void tableOf(session.id, every).then((answer) => {
      if (left) return
      setWrong(answer.ok ? '' : answer.message)
      if (answer.ok) setTable(answer.value)
    })
    return () => {
      left = true
    }
    // Marks and corrections change what counts.
  }, [session.id, every, session.acts.length])
  return (
    <>
      <div class="bar">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form */}
        <div class="choice" role="group" aria-label={text.chart.rows}>
          {EVERY.map((it) => (
            <button type="button" key={it} aria-pressed={it === every} onClick={() => setEvery(it)}>
              {text.minutes(it)}
            </button>
          ))}
        </div>
        <p class="hint">{r.tableDo}</p>
      </div>
      {wrong !== '' && <p class="wrong">{wrong}</p>}
      {table !== undefined && open && window !== undefined && (
        <Raw key={`${window.vital} ${window.fromUs}`} page={page} window={window} close={() => setWindow(undefined)} />
      )}
      {table !== undefined && <Rows table={table} page={page} window={window} set={setWindow} />}
    </>
  )
}

interface RowsProps {
  readonly table: SessionTable
  readonly page: Page
  readonly window: Window | undefined
  set(window: Window): void
}

/** Made anew only when another table came or another cell was chosen: it has hundreds of rows. */
function Rows({ table, page, window, set }: RowsProps) {
  const { zone } = page.record
  const { drawing } = page
  // What is not there is no column.
  const used = useMemo(
    () =>
      table.columns
        .map((name, n) => ({ name, n }))
        .filter(({ n }) => table.rows.some(({ cells }) => (cells[n] ?? '') !== '')),
    [table],
  )
  return useMemo(() => {
    const started = table.rows.some(({ sinceStartS }) => sinceStartS !== undefined)
    const unitOf = (vital: string) => drawing.columns.find((it) => it.vital === vital)?.unit ?? ''
    return (
      <table class="interval" data-every={table.every}>
        <caption class="unseen">{r.tableCaption(table.every)}</caption>
        <thead>
          <tr>
            {started && <th scope="col">T+</th>}
            <th scope="col">{text.timeColumn}</th>
            {used.map(({ name }) => (
              <th scope="col" key={name}>
                {word(text.label, name)} <span class="muted">{unit(unitOf(name))}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.atUs}>
              {started && <th scope="row">{signed(row.sinceStartS)}</th>}
              <th scope={started ? undefined : 'row'}>{minute(row.atUs, zone)}</th>
              {used.map(({ name, n }) => {
                const here = window?.vital === name && window.fromUs === row.atUs
                return (
                  <Cell
                    key={name}
                    said={row.cells[n] ?? ''}
                    says={`${word(text.label, name)}, ${minute(row.atUs, zone)}`}
                    here={here}
                    open={() => set({ vital: name, fromUs: row.atUs, toUs: row.atUs + table.every * 60e6 })}
                  />
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    )
  }, [table, window, zone, drawing])
}

const signed = (seconds: number | undefined) =>
  seconds === undefined ? '' : sinceText(seconds * 1e6, 0).replace(/:00$/, '')

const hasDigits = (said: string) => /\d/.test(said)

function Cell({ said, says, here, open }: { said: string; says: string; here: boolean; open(): void }) {
  if (said === '')
    return (
      <td class="gap-cell">
        <span class="unseen">{text.chart.nothing}</span>
      </td>
    )
  return (
    <td>
      <button
        type="button"
        class={hasDigits(said) ? 'number-link' : 'number-link words'}
        aria-label={`${says}: ${hasDigits(said) ? said : reason(said)}`}
        aria-expanded={here}
        onClick={open}
      >
        {hasDigits(said) ? said : reason(said)}
      </button>
    </td>
  )
}

/** All values of a vital in a window. */
export function rawIn(columns: readonly RecordColumn[], { vital, fromUs, toUs }: Window): Picked[] {
  const found = columns
    .filter((it) => it.vital === vital)
    .flatMap((column) => {
      const points: Picked[] = []
      for (let i = column.from(fromUs / 1e6); i < column.length && column.time(i) < toUs / 1e6; i++)
        points.push({ column, i })
      return points
    })
  return found.sort((a, b) => a.column.time(a.i) - b.column.time(b.i))
}

function Raw({ page, window, close }: { readonly page: Page; readonly window: Window; close(): void }) {
  const { zone } = page.record
  const all = rawIn(page.drawing.columns, window)
  const several = new Set(all.map(({ column }) => `${column.source} ${column.origin} ${column.site}`)).size > 1
  return (
    <section class="raw-values" data-raw={window.vital} aria-label={r.rawOf(word(text.label, window.vital))}>
      <div class="bar">
        <h3>
          {r.rawOf(word(text.label, window.vital))} {clock(window.fromUs, zone)}
          {'\u2009–\u2009'}
          {clock(window.toUs, zone)}
        </h3>
        <span class="muted">{r.values(all.length)}</span>
        <span class="spacer" />
        <button type="button" onClick={close}>
          {r.close}
        </button>
      </div>
      <ol>
        {all.slice(0, RAW_MAX).map(({ column, i }) => (
          <li key={`${column.source} ${column.seq(i)}`}>
            <button type="button" class="number-link" onClick={() => page.pick({ column, i })}>
              <span class="muted">{clockMs(column.time(i) * 1e6, zone)}</span>{' '}
              <ValueOf page={page} column={column} i={i} />
              {several && (
                <span class="muted">
                  {' '}
                  {text.source(column.source, column.origin && word(text.origin, column.origin))}
                </span>
              )}
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** A value with everything that stands beside it. */
export function ValueOf({
  page,
  column,
  i,
}: {
  readonly page: Page
  readonly column: RecordColumn
  readonly i: number
}) {
  const mark = column.mark(i)
  if ((mark & MARK.absent) !== 0) return <span class="muted">{reason(column.reason(i)) || text.noReading}</span>
  const struck = isMarked(page, column, i)
  return (
    <>
      {struck ? <s>{column.text(i)}</s> : column.text(i)}
      {(mark & MARK.questionable) !== 0 && ' ?'}
      {struck && ` ${text.chart.artefact}`}
      {(mark & MARK.synthetic) !== 0 && ` ${text.demo}`}
    </>
  )
}

export function isMarked({ record }: Page, column: RecordColumn, i: number): boolean {
  const seq = column.seq(i)
  return record.session.acts.some(
    ({ act, undone }) =>
      !undone && act.is === 'artefact' && act.vital === column.vital && act.first <= seq && seq <= act.last,
  )
}
