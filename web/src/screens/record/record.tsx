/**
 * The record of one session: its chart, and everything it says in words and numbers. Browser tests read `main[data-record]`,
 * `[data-signed]` on it, `[data-tab]`, and what the parts list.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import '../../styles/record.css'
import type { Picked } from '../../charts/pick'
import { RecordBoard } from '../../charts/record_board'
import { centred, isWhole, moved, type Span, zoomed } from '../../charts/span'
import { text, word } from '../../format/text'
import { day, minute, offset } from '../../format/time'
import type { State } from '../../model/state'
import { follow, go, type Route, write } from '../../route'
import { person } from '../../ui/person'
import type { Act, SessionRecord } from '../../wire/wire'
import { act, type OfSession, openRecord } from './ask'
import { Audit } from './audit'
import { Events } from './events'
import { type Loaded, type Loading, useDrawing, useLoaded } from './load'
import { Devices, Notices } from './notices'
import { Overview } from './overview'
import type { Page } from './page'
import { Origin } from './provenance'
import { Sign } from './sign'
import { Interval } from './table'
import { bothTimes, sinceText } from './when'
import { Ask, Who } from './who'
import { r } from './words'

export function RecordPage({ state, id }: OfSession) {
  const { loading, again } = useLoaded(id)
  if (loading.is !== 'here') return <Waiting state={state} loading={loading} id={id} />
  return <Opened state={state} loaded={loading} again={again} />
}

/** Before there is anything to show. */
export function Waiting({ state, loading, id }: { state: State; loading: Loading; id: string }) {
  return (
    <>
      <header class="top">
        <ToSessions />
        <h1>{r.record}</h1>
        <span class="spacer" />
        <Who state={state} />
      </header>
      <main class="record" data-waiting={loading.is} data-of={id}>
        {loading.is === 'nobody' && <Ask state={state} />}
        {loading.is === 'loading' && <p class="empty-screen">{text.loadingScreen}</p>}
        {loading.is === 'failed' && (
          <p class="empty-screen">
            <strong class="wrong">{loading.message}</strong>
          </p>
        )}
      </main>
    </>
  )
}

export function ToSessions() {
  return (
    <a class="button" href="/sessions" onClick={follow(() => go({ at: 'sessions' }))}>
      {text.sessions}
    </a>
  )
}

function Opened({ state, loaded, again }: { state: State; loaded: Loaded; again(): Promise<string> }) {
  const page = usePage(state, loaded, again)
  useEscape(page)
  const { record } = page
  return (
    <>
      <Head page={page} />
      <main class="record" data-record={record.session.id} data-signed={record.signed !== undefined || undefined}>
        <Facts record={record} />
        <div class="record-main">
          <div class="record-left">
            <ChartPart page={page} />
            <Tabs page={page} />
          </div>
          <Origin page={page} />
        </div>
      </main>
    </>
  )
}

function usePage(state: State, loaded: Loaded, again: () => Promise<string>): Page {
  const { record } = loaded
  const drawing = useDrawing(loaded, state)
  const [span, setSpan] = useState<Span>(drawing.whole)
  const [looked, setLooked] = useState<number>()
  const [traced, setTraced] = useState<{ readonly picked: Picked | undefined; readonly seq: number }>()
  const { columns, whole } = drawing
  const look = (atUs: number) => {
    setLooked(atUs / 1e6)
    setSpan((now) => (isWhole(whole, now) ? now : centred(whole, now, atUs / 1e6)))
  }
  const pick = (it: Picked | undefined) => {
    setTraced(it && { picked: it, seq: it.column.seq(it.i) })
    if (it !== undefined) setLooked(it.column.time(it.i))
  }
  const trace = (seq: number | undefined) => {
    if (seq === undefined) return setTraced(undefined)
    const column = columns.find((it) => it.placeOf(seq) >= 0)
    if (column === undefined) setTraced({ picked: undefined, seq })
    else pick({ column, i: column.placeOf(seq) })
  }
  const add = async (what: Act, wallUs?: number, secret?: string) => {
    const by = person.value
    if (by === undefined) return r.whoAreYou
    const answer = await act(record.session.id, by, what, wallUs, secret)
    if (!answer.ok) return answer.message
    return await again()
  }
  return {
    ...{ state, record, drawing, span, looked, setSpan, look, pick, trace, add, again },
    picked: traced?.picked,
    seq: traced?.seq,
  }
}

/** Esc closes what is open, one thing at a time, and leads to the list at last. */
function useEscape(page: Page): void {
  const now = useRef(page)
  now.current = page
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      event.preventDefault()
      const { seq, trace, span, setSpan, drawing } = now.current
      if (seq !== undefined) trace(undefined)
      else if (!isWhole(drawing.whole, span)) setSpan(drawing.whole)
      else go({ at: 'sessions' })
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function Head({ page }: { readonly page: Page }) {
  const { record, state } = page
  const { patient, id } = record.session
  return (
    <header class="top record-top">
      <ToSessions />
      <h1>
        {patient.name}{' '}
        <span class="ids">
          {text.session.born(patient.born)} <strong>{patient.id}</strong>
        </span>
      </h1>
      <span class="spacer" />
      <Link to={{ at: 'course', session: id }}>{r.course}</Link>
      <Link to={{ at: 'replay', session: id }}>{r.replay}</Link>
      <button type="button" onClick={() => void printed(record)}>
        {r.print}
      </button>
      <Who state={state} />
    </header>
  )
}

/** The record says who printed it; without that nothing is printed from here. */
async function printed({ session }: SessionRecord): Promise<void> {
  const by = person.value
  if (by !== undefined && (await openRecord(session.id, by, 'printed')).ok) print()
}

function Link({ to, children }: { readonly to: Route; readonly children: preact.ComponentChildren }) {
  return (
    <a class="button" href={write(to)} onClick={follow(() => go(to))}>
      {children}
    </a>
  )
}

/** What the session is, in one line of facts. */
function Facts({ record }: { readonly record: SessionRecord }) {
  const { session, zone, begin, end, chairName, signed } = record
  const { plan, phase, started, stopped, stoppedEarly } = session
  const facts: [string, string][] = [
    [r.session, `${text.session.number(plan.number, plan.of)}, ${plan.template}`],
    [
      r.date,
      `${day(begin.wallUs, zone)}, ${minute(begin.wallUs, zone)}\u2009–\u2009${minute(end.wallUs, zone)}, ${zone} ${offset(begin.wallUs, zone)}`,
    ],
    [r.chair, chairName],
    [r.phase, word(text.session.phase, phase)],
    ...(started === undefined
      ? []
      : ([
          [
            r.infusion,
            stopped === undefined
              ? minute(started.wallUs, zone)
              : `${minute(started.wallUs, zone)}\u2009–\u2009${minute(stopped.wallUs, zone)}, T+ ${sinceText(stopped.wallUs, started.wallUs)}`,
          ],
        ] as [string, string][])),
    ...(stoppedEarly === undefined ? [] : ([[word(r.finding, 'stopped early'), stoppedEarly]] as [string, string][])),
  ]
  return (
    <div class="facts-line">
      <dl>
        {facts.map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
      <strong
        class={signed === undefined ? 'seal draft' : 'seal'}
        data-seal={signed === undefined ? 'none' : signed.holds ? 'holds' : 'broken'}
      >
        {signed === undefined
          ? r.draft
          : signed.holds
            ? r.signedBy(signed.by.name, `${day(signed.atUs, zone)} ${minute(signed.atUs, zone)}`)
            : r.sealBroken}
      </strong>
    </div>
  )
}

const MOVE = 0.5
const ZOOM = 2

function ChartPart({ page }: { readonly page: Page }) {
  const { drawing, span, setSpan, record, looked, picked } = page
  const { whole } = drawing
  const { zone, session } = record
  const all = isWhole(whole, span)
  const long = span.to - span.from
  const middle = looked !== undefined && looked >= span.from && looked <= span.to ? looked : span.from + long / 2
  const movers: [string, string, () => void][] = [
    [text.chart.earlier, 'M10 3 5 8l5 5', () => setSpan(moved(whole, span, -long * MOVE))],
    [text.chart.later, 'M6 3l5 5-5 5', () => setSpan(moved(whole, span, long * MOVE))],
    [text.chart.closer, 'M8 3v10M3 8h10', () => setSpan(zoomed(whole, span, 1 / ZOOM, middle))],
    [text.chart.wider, 'M3 8h10', () => setSpan(zoomed(whole, span, ZOOM, middle))],
  ]
  return (
    <section class="trend record-trend" aria-label={r.chart}>
      <div class="bar">
        <h2 class="unseen">{r.chart}</h2>
        <span class="shown-span" role="status">
          {all ? '' : `${minute(span.from * 1e6, zone)}\u2009–\u2009${minute(span.to * 1e6, zone)}`}
        </span>
        {looked !== undefined && <span class="muted">{bothTimes(looked * 1e6, session.started?.wallUs, zone)}</span>}
        <span class="spacer" />
        <div class="choice movers">
          {movers.map(([name, path, deed]) => (
            <button type="button" key={name} aria-label={name} title={name} onClick={deed}>
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d={path} />
              </svg>
            </button>
          ))}
        </div>
        <button type="button" aria-pressed={all} onClick={() => setSpan(whole)}>
          {r.wholeSession}
        </button>
      </div>
      <RecordBoard
        material={drawing.material}
        columns={drawing.columns}
        limits={drawing.limits}
        whole={whole}
        span={span}
        looked={picked === undefined ? looked : picked.column.time(picked.i)}
        zone={zone}
        set={setSpan}
        picked={page.pick}
      />
    </section>
  )
}

const TABS = ['overview', 'table', 'events', 'notices', 'devices', 'audit', 'sign'] as const
type Tab = (typeof TABS)[number]

/** Every part is on the page; one of them is seen, and all are printed. */
function Tabs({ page }: { readonly page: Page }) {
  const [open, setOpen] = useState<Tab>('overview')
  const row = useRef<HTMLDivElement>(null)
  const key = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const next = TABS[(TABS.indexOf(open) + by + TABS.length) % TABS.length] ?? open
    setOpen(next)
    row.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus()
  }
  const counts: Partial<Record<Tab, number>> = {
    events: page.record.session.acts.length,
    ...(page.record.first === true ? {} : { notices: noticesOf(page.record) }),
    audit: page.record.audit.length,
  }
  return (
    <div class="record-tabs">
      <div class="tab-row" role="tablist" aria-label={r.parts} ref={row} onKeyDown={key}>
        {TABS.map((tab) => (
          <button
            type="button"
            role="tab"
            key={tab}
            id={`tab-${tab}`}
            data-tab={tab}
            aria-selected={tab === open}
            aria-controls={`part-${tab}`}
            tabIndex={tab === open ? 0 : -1}
            onClick={() => setOpen(tab)}
          >
            {word(r.tab, tab)}
            {counts[tab] !== undefined && <span class="count">{counts[tab]}</span>}
          </button>
        ))}
      </div>
      {TABS.map((tab) => (
        <section
          key={tab}
          id={`part-${tab}`}
          class={`part part-${tab}${tab === open ? ' open' : ''}`}
          role="tabpanel"
          aria-labelledby={`tab-${tab}`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable with the keyboard
          tabIndex={0}
        >
          <h2 class="print-only">{word(r.tab, tab)}</h2>
          <Part tab={tab} page={page} open={tab === open} />
        </section>
      ))}
    </div>
  )
}

const noticesOf = ({ limits, notes }: SessionRecord) =>
  limits.length + notes.filter(({ kind }) => kind === 'monitor').length

function Part({ tab, page, open }: { readonly tab: Tab; readonly page: Page; readonly open: boolean }) {
  // Figures, gaps and notices are on their way: "none" is not said before it is known.
  if (page.record.first === true)
    return (
      <p class="hint" data-coming>
        {text.loadingScreen}
      </p>
    )
  switch (tab) {
    case 'overview':
      return <Overview page={page} />
    case 'table':
      return <Interval page={page} open={open} />
    case 'events':
      return <Events page={page} />
    case 'notices':
      return <Notices page={page} />
    case 'devices':
      return <Devices page={page} />
    case 'audit':
      return <Audit page={page} />
    case 'sign':
      return <Sign page={page} />
    default:
      return tab satisfies never
  }
}
