/**
 * Recorded sessions, newest first: a filter row and the rows it leaves. Nothing of a patient stands in the address. Browser tests
 * read `[data-row]` (the session's id), `[data-total]`, `[data-filter]` on the toggles.
 */
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import '../../styles/record.css'
import { text, word } from '../../format/text'
import { day, dayAfter, dayStart, minute } from '../../format/time'
import type { State } from '../../model/state'
import { follow, go, write } from '../../route'
import { Clock, Life } from '../../ui/frame'
import type { Finding, FindSessions, SessionRow, SessionState } from '../../wire/wire'
import { findSessions } from './ask'
import { FINDINGS, Findings, Shape } from './finding'
import { Who } from './who'
import { r } from './words'

/** What is looked for, as typed. */
interface Filter {
  readonly text: string
  readonly chair: string
  readonly from: string
  readonly to: string
  readonly state: SessionState | ''
  readonly has: readonly Finding[]
}

const ALL: Filter = { text: '', chair: '', from: '', to: '', state: '', has: [] }

/** They outlive the page: whoever comes back from a record finds the list as it was. */
const filter = signal<Filter>(ALL)
const found = signal<{ readonly rows: readonly SessionRow[]; readonly more: boolean; readonly total: number }>()
const wrong = signal('')
const last = signal('')

const STATES = ['open', 'over', 'unsigned', 'signed', 'cancelled'] as const
/** Rows of one answer: more than a screen shows. */
const PAGE = 50
/** Whoever types is asked for when the hand rests. */
const REST_MS = 120

/** The question for a filter; dates are days in the clinic's zone, the last one included. */
export function question({ text: said, chair, from, to, state, has }: Filter, zone: string): FindSessions {
  const fromUs = from === '' ? undefined : dayStart(from, zone)
  const toUs = to === '' ? undefined : dayStart(dayAfter(to), zone)
  return {
    limit: PAGE,
    ...(said.trim() === '' ? {} : { text: said.trim() }),
    ...(chair === '' ? {} : { chair }),
    ...(state === '' ? {} : { state }),
    ...(has.length === 0 ? {} : { has: [...has] }),
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(toUs === undefined ? {} : { toUs }),
  }
}

export function Sessions({ state }: { readonly state: State }) {
  const { zone } = state
  const asked = filter.value
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    const left = new AbortController()
    const timer = setTimeout(() => void look(question(asked, zone), left.signal), found.peek() ? REST_MS : 0)
    return () => {
      clearTimeout(timer)
      left.abort()
    }
  }, [asked, zone])
  // The page of a record is there before it is asked for.
  useEffect(() => void import('./record').catch(() => undefined), [])
  useKeys(main)
  return (
    <>
      <header class="top">
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {text.back}
        </a>
        <h1>{text.sessions}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <Who state={state} />
        <Clock state={state} />
      </header>
      <main class="sessions" ref={main}>
        <Row state={state} />
        <Rows zone={zone} />
      </main>
    </>
  )
}

async function look(asked: FindSessions, signal: AbortSignal): Promise<void> {
  try {
    const answer = await findSessions(asked, signal)
    if (signal.aborted) return
    wrong.value = answer.ok ? '' : answer.message
    if (answer.ok) found.value = answer.value
  } catch {
    // Asked for something else meanwhile.
  }
}

async function lookOn(zone: string): Promise<void> {
  const before = found.peek()
  const after = before?.rows.at(-1)?.id
  const asked = filter.peek()
  if (before === undefined || after === undefined) return
  const answer = await findSessions({ ...question(asked, zone), after }, new AbortController().signal)
  wrong.value = answer.ok ? '' : answer.message
  if (answer.ok && filter.peek() === asked)
    found.value = { ...answer.value, rows: [...before.rows, ...answer.value.rows] }
}

/** Arrows go from row to row, and from the field into them; `/` leads to the field. */
function useKeys(main: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || main.current === null) return
      const rows = [...main.current.querySelectorAll<HTMLElement>('a[data-row]')]
      const field = main.current.querySelector<HTMLInputElement>('input[type="search"]')
      const at = rows.indexOf(document.activeElement as HTMLElement)
      const typing = document.activeElement?.closest('input, select') != null
      const inField = document.activeElement === field
      const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key]
      if (by !== undefined && (!typing || (inField && by > 0))) {
        const next = at < 0 ? (by > 0 ? 0 : -1) : Math.min(Math.max(at + by, -1), rows.length - 1)
        ;(next < 0 ? field : rows[next])?.focus()
      } else if (event.key === '/' && !typing) field?.focus()
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function Row({ state }: { readonly state: State }) {
  const now = filter.value
  const set = (more: Partial<Filter>) => {
    filter.value = { ...now, ...more }
  }
  const toggle = (it: Finding) =>
    set({ has: now.has.includes(it) ? now.has.filter((has) => has !== it) : [...now.has, it] })
  return (
    <search class="filter">
      <div class="row">
        <label class="grow">
          <span>{r.find}</span>
          <input
            type="search"
            value={now.text}
            maxLength={120}
            autocomplete="off"
            placeholder={r.findHint}
            onInput={(event) => set({ text: event.currentTarget.value })}
          />
        </label>
        <Select
          label={r.chair}
          value={now.chair}
          options={(state.roster?.chairs ?? []).map(({ id, name }) => [id, name])}
          choose={(chair) => set({ chair })}
        />
        <label class="field">
          <span>{r.from}</span>
          <input type="date" value={now.from} onInput={(event) => set({ from: event.currentTarget.value })} />
        </label>
        <label class="field">
          <span>{r.to}</span>
          <input type="date" value={now.to} onInput={(event) => set({ to: event.currentTarget.value })} />
        </label>
        <Select
          label={r.state}
          value={now.state}
          options={STATES.map((it) => [it, word(r.states, it)])}
          choose={(it) => set({ state: STATES.find((state) => state === it) ?? '' })}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form */}
      <div class="chips has" role="group" aria-label={r.has}>
        <span class="muted">{r.has}</span>
        {FINDINGS.map((it) => (
          <button
            type="button"
            key={it}
            data-filter={it}
            aria-pressed={now.has.includes(it)}
            onClick={() => toggle(it)}
          >
            <Shape of={it} />
            {word(r.finding, it)}
          </button>
        ))}
        {now !== ALL && (
          <button
            type="button"
            class="all-again"
            onClick={() => {
              filter.value = ALL
            }}
          >
            {r.all}
          </button>
        )}
      </div>
    </search>
  )
}

function Select(props: {
  readonly label: string
  readonly value: string
  readonly options: readonly (readonly [string, string])[]
  choose(value: string): void
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.choose(event.currentTarget.value)}>
        <option value="">{r.any}</option>
        {props.options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Rows({ zone }: { readonly zone: string }) {
  const here = useRef<HTMLTableElement>(null)
  const now = found.value
  // Whoever comes back stands where the way began.
  useEffect(() => {
    const row = here.current?.querySelector<HTMLElement>(`a[data-row="${CSS.escape(last.peek())}"]`)
    row?.focus()
  }, [])
  return (
    <>
      <p class="hint total" role="status" data-total={now?.total}>
        {wrong.value !== '' ? (
          <strong class="wrong">{wrong.value}</strong>
        ) : now === undefined ? (
          text.loadingScreen
        ) : (
          r.total(now.total)
        )}
      </p>
      {now !== undefined && now.rows.length === 0 && (
        <div class="empty-screen" data-nothing>
          <h2>{filter.value === ALL ? r.noSessions : r.nothingFound}</h2>
          <p>{filter.value === ALL ? r.noSessionsDo : r.nothingFoundDo}</p>
        </div>
      )}
      {now !== undefined && now.rows.length > 0 && (
        <table class="session-rows" ref={here}>
          <thead>
            <tr>
              {[r.patient, r.date, r.chair, r.session, r.phase, r.nurse, r.signed, r.findings].map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {now.rows.map((row) => (
              <OneRow key={row.id} row={row} zone={zone} />
            ))}
          </tbody>
        </table>
      )}
      {now?.more && (
        <button type="button" class="main more-rows" onClick={() => void lookOn(zone)}>
          {r.more(now.rows.length, now.total)}
        </button>
      )}
    </>
  )
}

function OneRow({ row, zone }: { readonly row: SessionRow; readonly zone: string }) {
  const { id, patient, signed } = row
  const to = { at: 'record', session: id } as const
  const open = () => {
    last.value = id
    go(to)
  }
  return (
    <tr>
      <th scope="row">
        {/* The link covers the row. */}
        <a class="row-link" href={write(to)} data-row={id} onClick={follow(open)}>
          {patient.name}
        </a>
        <span class="ids">
          {text.session.born(patient.born)} <strong>{patient.id}</strong>
        </span>
      </th>
      <td>
        {day(row.openedUs, zone)}
        <span class="ids">
          {minute(row.startedUs ?? row.openedUs, zone)}
          {row.endedUs !== undefined && `\u2009–\u2009${minute(row.endedUs, zone)}`}
        </span>
      </td>
      <td>{row.chairName}</td>
      <td>
        {text.session.number(row.number, row.of)}
        <span class="ids">{row.template}</span>
      </td>
      <td>{word(text.session.phase, row.phase)}</td>
      <td>{row.nurse}</td>
      <td>
        {signed === undefined ? (
          <span class="muted">{r.unsigned}</span>
        ) : (
          <>
            {signed.by}
            <span class="ids">{day(signed.atUs, zone)}</span>
          </>
        )}
      </td>
      <td>
        <Findings has={row.has} />
      </td>
    </tr>
  )
}
