/**
 * Who did what: searched by day, person, kind and patient, a page at a time, and as it prints. Nothing of a patient stands in the
 * address. Browser tests read `[data-audit-row]` (what was done), `[data-audit-lines]`.
 */
import { useEffect, useState } from 'preact/hooks'
import '../../styles/record.css'
import '../../styles/access.css'
import { may } from '../../access'
import { text, word } from '../../format/text'
import { clock, day } from '../../format/time'
import type { State } from '../../model/state'
import { follow, go, write } from '../../route'
import { Clock, Life } from '../../ui/frame'
import { AccountLink } from '../../ui/lock'
import type { AuditRow } from '../../wire/wire'
import { findAudit } from './ask'
import { ALL, question, type Sought } from './audit_question'
import { a } from './words'

export function AuditPage({ state }: { readonly state: State }) {
  const { zone } = state
  const [asked, ask] = useState<Sought>(ALL)
  const { rows, cursor, wrong, older } = useRows(asked, zone)
  return (
    <>
      <header class="top">
        <a class="button" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
          {text.settings}
        </a>
        <h1>{a.audit}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <button type="button" onClick={() => print()}>
          {a.print}
        </button>
        <AccountLink />
        <Clock state={state} />
      </header>
      <main class="audit-page">
        <Search zone={zone} ask={ask} />
        <p class="hint">{a.auditDo}</p>
        {wrong !== '' && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        {rows !== undefined && <Rows rows={rows} zone={zone} names={state} />}
        {rows !== undefined && (
          <div class="row audit-more">
            <span class="hint" role="status" data-audit-lines={rows.length}>
              {found(rows.length, cursor)}
            </span>
            {cursor !== undefined && (
              <button type="button" data-act="older" onClick={() => void older()}>
                {a.older}
              </button>
            )}
          </div>
        )}
      </main>
    </>
  )
}

/** How much was found; the server looks back a month at a time, and may find nothing in one. */
function found(rows: number, cursor: string | undefined): string {
  if (rows === 0) return cursor === undefined ? a.noRows : a.noRowsYet
  return `${a.lines(rows)}. ${cursor === undefined ? a.endOfLog : ''}`
}

function useRows(asked: Sought, zone: string) {
  const [rows, setRows] = useState<readonly AuditRow[]>()
  const [cursor, setCursor] = useState<string>()
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    let left = false
    void findAudit(question(asked, zone)).then((answer) => {
      if (left) return
      setWrong(answer.ok ? '' : answer.message)
      if (!answer.ok) return
      setRows(answer.value.rows)
      setCursor(answer.value.cursor)
    })
    return () => {
      left = true
    }
  }, [asked, zone])
  const older = async () => {
    const answer = await findAudit(question(asked, zone, cursor))
    setWrong(answer.ok ? '' : answer.message)
    if (!answer.ok) return
    setRows([...(rows ?? []), ...answer.value.rows])
    setCursor(answer.value.cursor)
  }
  return { rows, cursor, wrong, older }
}

function Search({ zone, ask }: { readonly zone: string; ask(sought: Sought): void }) {
  const [typed, setTyped] = useState<Sought>(ALL)
  const field = (name: keyof Sought, label: string, type: 'date' | 'text' = 'text') => (
    <label class="field">
      <span>{label}</span>
      <input
        name={name}
        {...(type === 'date' ? { type: 'date' as const } : { type: 'text' as const })}
        maxLength={120}
        autocomplete="off"
        value={typed[name]}
        onInput={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
      />
    </label>
  )
  return (
    <form
      class="audit-search"
      data-zone={zone}
      onSubmit={(event) => {
        event.preventDefault()
        ask(typed)
      }}
    >
      {field('from', a.firstDay, 'date')}
      {field('to', a.lastDay, 'date')}
      {field('who', a.person)}
      <label class="field">
        <span>{a.kind}</span>
        <select
          name="what"
          value={typed.what}
          onChange={(event) => setTyped({ ...typed, what: event.currentTarget.value })}
        >
          <option value="">{a.anything}</option>
          {Object.entries(a.did).map(([what, says]) => (
            <option key={what} value={what}>
              {says}
            </option>
          ))}
        </select>
      </label>
      {may('names') && field('patient', a.patient)}
      <button type="submit" data-act="find">
        {a.find}
      </button>
    </form>
  )
}

interface RowsProps {
  readonly rows: readonly AuditRow[]
  readonly zone: string
  readonly names: State
}

function Rows({ rows, zone, names }: RowsProps) {
  const chairName = (id: string) => names.roster?.chairs.find((it) => it.id === id)?.name ?? id
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable with the keyboard
    <section class="audit-scroll" tabIndex={0} aria-label={a.audit}>
      <table class="lines">
        <thead>
          <tr>
            {[a.time, a.person, a.what, a.more, a.chair, a.session, a.patient, a.from].map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.chair ?? ''} ${row.sequence}`} data-audit-row={row.what}>
              <td title={`${a.sequence} ${row.sequence}`}>
                {day(row.atUs, zone)} {clock(row.atUs, zone)}
              </td>
              <td>{row.who === '' ? a.server : row.who}</td>
              <td>{word(a.did, row.what)}</td>
              <td>{row.more}</td>
              <td>{row.chair === undefined ? '' : chairName(row.chair)}</td>
              <td>{row.session !== undefined && <Session id={row.session} />}</td>
              <td>{row.patient ?? ''}</td>
              <td>{row.from ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Session({ id }: { readonly id: string }) {
  const to = { at: 'record', session: id } as const
  if (!may('records')) return <>{id}</>
  return (
    <a href={write(to)} onClick={follow(() => go(to))}>
      {id}
    </a>
  )
}
