/**
 * Where a number came from: source, times, validity, and the very bytes with the ones that said it marked. Browser tests read
 * `[data-origin]` (the entry), `mark` in its dump.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import { clockMs, day } from '../../format/time'
import { reason, unit } from '../../format/value'
import type { ByteMark, Provenance } from '../../wire/wire'
import { Reasons } from '../live/sheets/why'
import { isReadable } from '../sources/frames'
import { frameOf } from './ask'
import { dump, type Run, textRuns } from './bytes'
import type { Page } from './page'
import { isMarked, ValueOf } from './table'
import { bothTimes } from './when'
import { r } from './words'

/** Bytes in a line of the dump: what fits beside the chart. */
const WIDTH = 8

export function Origin({ page }: { readonly page: Page }) {
  const { seq } = page
  if (seq === undefined) return null
  return <Panel key={seq} page={page} seq={seq} />
}

function Panel({ page, seq }: { readonly page: Page; readonly seq: number }) {
  const [found, setFound] = useState<Provenance>()
  const [wrong, setWrong] = useState('')
  const { id } = page.record.session
  useEffect(() => {
    let left = false
    void frameOf(id, seq).then((answer) => {
      if (left) return
      if (answer.ok) setFound(answer.value)
      else setWrong(answer.message)
    })
    return () => {
      left = true
    }
  }, [id, seq])
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => head.current?.focus(), [])
  return (
    <aside class="origin card" data-origin={seq} aria-label={r.whereFrom}>
      <div class="bar">
        <h2 tabIndex={-1} ref={head}>
          {r.whereFrom}
        </h2>
        <button type="button" onClick={() => page.trace(undefined)}>
          {r.close}
        </button>
      </div>
      <Chosen page={page} />
      {wrong !== '' && <p class="wrong">{wrong}</p>}
      {found === undefined ? (
        wrong === '' && <p class="hint">{text.loadingScreen}</p>
      ) : (
        <Found page={page} it={found} />
      )}
      <MarkHere page={page} />
    </aside>
  )
}

/** The value as the chart has it, and the way to its neighbours. */
function Chosen({ page }: { readonly page: Page }) {
  const { picked } = page
  if (picked === undefined) return null
  const { column, i } = picked
  const step = (by: number) => page.pick({ column, i: i + by })
  return (
    <>
      <p class="chosen-value">
        <span class="label">{word(text.label, column.vital)}</span>{' '}
        <strong>
          <ValueOf page={page} column={column} i={i} />
        </strong>{' '}
        <span class="muted">{unit(column.unit)}</span>
      </p>
      <div class="chips">
        <button type="button" disabled={i === 0} onClick={() => step(-1)}>
          {r.before}
        </button>
        <button type="button" disabled={i >= column.length - 1} onClick={() => step(1)}>
          {r.after}
        </button>
      </div>
    </>
  )
}

function Found({ page, it }: { readonly page: Page; readonly it: Provenance }) {
  const { zone, session } = page.record
  const time = (us: number) => `${day(us, zone)}, ${clockMs(us, zone)}`
  const at = it.measured ?? it.received
  const facts: [string, string | undefined][] = [
    [r.value, it.vital === '' ? undefined : `${word(text.spoken, it.vital)} ${it.value} ${unit(it.unit)}`.trim()],
    [r.validity, `${word(r.validityOf, it.state)}${it.reason === undefined ? '' : `: ${reason(it.reason)}`}`],
    [r.since, bothTimes(at.wallUs, session.started?.wallUs, zone)],
    [r.measured, it.measured === undefined ? r.noDeviceTime : time(it.measured.wallUs)],
    [r.received, time(it.received.wallUs)],
    [r.deviceTime, it.deviceTime],
    [r.source, it.source],
    [r.device, it.words || undefined],
    [r.entry, String(it.seq)],
  ]
  return (
    <>
      <dl class="record-facts">
        {facts.map(
          ([name, said]) =>
            said !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{said}</dd>
              </div>
            ),
        )}
      </dl>
      {it.bytes === '' ? <p class="hint">{r.noBytes}</p> : <Bytes it={it} />}
    </>
  )
}

type Form = 'text' | 'hex'

function Bytes({ it }: { readonly it: Provenance }) {
  const [chosen, choose] = useState<Form>()
  const [field, setField] = useState<number>()
  const host = useRef<HTMLPreElement>(null)
  const form = chosen ?? (isReadable(it.bytes) ? 'text' : 'hex')
  // What said the value stands in view, however long the frame is.
  useEffect(() => {
    const mark = host.current?.querySelector('mark')
    if (mark != null && host.current !== null) host.current.scrollTop = Math.max(0, mark.offsetTop - 60)
  }, [form, it])
  return (
    <section class="raw-frame" aria-label={r.frame}>
      <div class="bar">
        <h3>{r.frame}</h3>
        <span class="muted">{r.bytesLong(it.bytes.length / 2)}</span>
        <span class="spacer" />
        {(['text', 'hex'] as const).map((name) => (
          <button type="button" key={name} aria-pressed={form === name} onClick={() => choose(name)}>
            {text.form[name]}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable with the keyboard */}
      <pre class={`raw form-${form}`} ref={host} tabIndex={0}>
        {form === 'hex'
          ? dump(it.bytes, it.marks, WIDTH).map((line) => (
              <div key={line.offset}>
                <span class="muted">{line.offset}</span>{' '}
                <span class="hex-part">
                  <Runs runs={line.hex} field={field} />
                </span>{' '}
                <Runs runs={line.text} field={field} />
              </div>
            ))
          : textRuns(it.bytes, it.marks).map((line, n) => (
              <div key={n}>
                <Runs runs={line} field={field} />
              </div>
            ))}
      </pre>
      <Marks marks={it.marks} field={field} set={setField} />
      <p class="hint">{text.bytesPrivate}</p>
    </section>
  )
}

function Runs({ runs, field }: { readonly runs: readonly Run[]; readonly field: number | undefined }) {
  return (
    <>
      {runs.map(({ said, marked }, n) =>
        marked < 0 ? (
          said
        ) : (
          <mark key={n} data-on={field === marked || undefined}>
            {said}
          </mark>
        ),
      )}
    </>
  )
}

interface MarksProps {
  readonly marks: readonly ByteMark[]
  readonly field: number | undefined
  set(field: number | undefined): void
}

function Marks({ marks, field, set }: MarksProps) {
  if (marks.length === 0) return <p class="hint">{r.noMarks}</p>
  return (
    <ul class="chips">
      {marks.map((mark, n) => (
        <li key={`${mark.field} ${mark.from}`}>
          <button type="button" aria-pressed={field === n} onClick={() => set(field === n ? undefined : n)}>
            {r.markAt(word(r.field, mark.field), mark.from, mark.to - 1)}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Marks this value, or all of its vital in view, as no value. What was measured stays. */
function MarkHere({ page }: { readonly page: Page }) {
  const [asking, setAsking] = useState<'one' | 'view'>()
  const [says, setSays] = useState('')
  const { picked, record, span } = page
  if (picked === undefined || record.signed !== undefined) return null
  const { column, i } = picked
  if (isMarked(page, column, i)) return <p class="hint">{r.isMarked}</p>
  const first = asking === 'view' ? column.from(span.from) : i
  const last = asking === 'view' ? column.from(span.to) - 1 : i
  const mark = async (why: string) => {
    const seqs = Array.from({ length: last - first + 1 }, (_, n) => column.seq(first + n))
    const [least, most] = [seqs.reduce((a, b) => Math.min(a, b)), seqs.reduce((a, b) => Math.max(a, b))]
    setSays(await page.add({ is: 'artefact', vital: column.vital, first: least, last: most, reason: why }))
    setAsking(undefined)
  }
  return (
    <section class="mark-here">
      <div class="chips">
        <button type="button" aria-pressed={asking === 'one'} onClick={() => setAsking('one')}>
          {r.markOne}
        </button>
        <button type="button" aria-pressed={asking === 'view'} onClick={() => setAsking('view')}>
          {r.markView(word(text.label, column.vital), column.from(span.to) - column.from(span.from))}
        </button>
      </div>
      {asking !== undefined && <Reasons chips={text.session.reasons.artefact} done={(why) => void mark(why)} />}
      {says !== '' && <p class="wrong">{says}</p>}
    </section>
  )
}
