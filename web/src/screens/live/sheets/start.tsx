/**
 * Opens a session at an empty chair: who, as what, since when. An earlier patient fills in the form, never with a vital or a
 * dose. Browser tests read `[name]` of the fields, `[data-found]` (a patient's number).
 */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { clockOrDay } from '../../../format/time'
import { lastTime } from '../../../model/setback'
import {
  emptyStart,
  FACTS,
  openedOf,
  type Start,
  TEST_PREFIX,
  withPatient,
  withTemplate,
  wrongIn,
} from '../../../model/start'
import { isTesting } from '../../../model/view'
import { namesAreTyped, person, setPerson } from '../../../ui/person'
import type { Act, KnownPatient, Person } from '../../../wire/wire'
import { WhoAreYou } from '../../access/who'
import { findPatients } from '../ask'
import type { Bedside } from '../bedside'
import { Panel } from './why'

const t = text.session

/** The times of a plan, under the names they have in the clinic's settings. */
const { infusionMin, cuffInfusingMin, cuffObservingMin, observeMin, assessFirstMin, assessLaterMin } =
  text.clinic.template
const TIMES = { infusionMin, cuffInfusingMin, cuffObservingMin, observeMin, assessFirstMin, assessLaterMin }

const NAMES: Readonly<Partial<Record<keyof Start, string>>> = {
  id: f.patientId,
  name: f.name,
  born: f.bornForm,
  alias: f.alias,
  template: f.templateName,
  number: f.sessionNumber,
  of: f.sessionsOf,
  connectedAt: f.connectedAt,
  ...TIMES,
}

const nameOf = (field: keyof Start) => NAMES[field] ?? word(f.entry, field)

export function StartSheet({ at }: { readonly at: Bedside }) {
  const { clinic } = at.state
  const [form, setForm] = useState<Start>(() => {
    const empty = emptyStart(clinic)
    return isTesting(at.state, at.id) ? { ...empty, id: TEST_PREFIX } : empty
  })
  const [tried, setTried] = useState(false)
  const wrong = wrongIn(form)
  const claimUs = form.connectedAt.trim() === '' ? undefined : lastTime(form.connectedAt, at.time(), at.state.zone)
  const badClaim = form.connectedAt.trim() !== '' && claimUs === undefined && !form.planned
  const set = (more: Partial<Start>) => setForm({ ...form, ...more })
  const open = (event: Event) => {
    event.preventDefault()
    setTried(true)
    if (wrong.length > 0 || badClaim) return
    begin(person.value)
  }
  const begin = (by: Person | undefined) => {
    if (by === undefined || wrong.length > 0 || badClaim) return
    at.show(undefined)
    at.begin(openedOf(form), firstActs(form, claimUs), by)
  }
  const field = (name: keyof Start, more: Record<string, unknown> = {}) => (
    <label class="field">
      <span>{nameOf(name)}</span>
      <input
        name={name}
        maxLength={120}
        autocomplete="off"
        aria-invalid={tried && wrong.includes(name)}
        value={String(form[name])}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
        {...more}
      />
    </label>
  )
  return (
    <Panel at={at} name="start" title={t.newSession} hint={f.startDo}>
      <Find choose={(known) => setForm(withPatient(form, known))} zone={at.state.zone} />
      <form class="start" onSubmit={open}>
        <div class="fields">
          {field('id')}
          {field('name')}
          {field('born', { placeholder: '1980-02-29', inputMode: 'numeric', maxLength: 10 })}
          {field('alias')}
        </div>
        <div class="fields">
          {(clinic?.templates.length ?? 0) > 0 && (
            <label class="field">
              <span>{f.template}</span>
              <select
                value={form.template}
                onChange={(event) => {
                  const chosen = clinic?.templates.find(({ name }) => name === event.currentTarget.value)
                  setForm(chosen === undefined ? { ...form, template: '' } : withTemplate(form, chosen))
                }}
              >
                <option value="">{f.noTemplate}</option>
                {(clinic?.templates ?? []).map(({ name }) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {!(clinic?.templates ?? []).some(({ name }) => name === form.template) && field('template')}
          {field('number', { inputMode: 'numeric' })}
          {field('of', { inputMode: 'numeric' })}
        </div>
        <fieldset class="fields">
          <legend>{f.times}</legend>
          {(Object.keys(TIMES) as (keyof Start)[]).map((name) => field(name, { inputMode: 'numeric', key: name }))}
        </fieldset>
        <div class="fields">{FACTS.map((name) => field(name, { key: name, maxLength: 500 }))}</div>
        <fieldset class="fields">
          <legend>{f.when}</legend>
          {[false, true].map((planned) => (
            <label key={String(planned)} class="check">
              <input type="radio" name="when" checked={form.planned === planned} onChange={() => set({ planned })} />
              {planned ? f.expected : f.nowHere}
            </label>
          ))}
          {!form.planned && field('connectedAt', { placeholder: '10:05', inputMode: 'numeric', maxLength: 5 })}
        </fieldset>
        {tried && (wrong.length > 0 || badClaim) && (
          <p class="wrong" role="alert">
            {badClaim ? f.badTime : f.isMissing(wrong.map(nameOf).join(', '))}
          </p>
        )}
        <Opener at={at} tried={tried && wrong.length === 0 && !badClaim} begin={begin} />
      </form>
    </Panel>
  )
}

interface OpenerProps {
  readonly at: Bedside
  /** The form is whole and was sent off: only the name is missing. */
  readonly tried: boolean
  begin(by: Person | undefined): void
}

/** The button; before it somebody has to say who they are, and what stands in the form has to stay. */
function Opener({ at, tried, begin }: OpenerProps) {
  const [name, setName] = useState('')
  if (!namesAreTyped.value && person.value === undefined && tried)
    return (
      <fieldset class="fields">
        <legend>{t.nobodyPresses}</legend>
        <WhoAreYou pending done={begin} />
      </fieldset>
    )
  if (person.value !== undefined || !namesAreTyped.value)
    return (
      <button type="submit" class="main" data-act="open">
        {f.open}
      </button>
    )
  const staff = at.state.clinic?.staff ?? []
  return (
    <fieldset class="fields">
      <legend>{t.nobodyPresses}</legend>
      <div class="chips">
        {staff.map((it) => (
          <button type="button" key={it.name} onClick={() => setPerson(it)}>
            {t.by(it.name, word(text.clinic.roles, it.role))}
          </button>
        ))}
      </div>
      <label class="field">
        <span>{f.otherName}</span>
        <input value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <button
        type="button"
        disabled={name.trim() === ''}
        onClick={() => setPerson({ name: name.trim(), role: 'nurse' })}
      >
        {f.iAm}
      </button>
    </fieldset>
  )
}

/** What is entered with the session: since when it is hers, and the texts that stand in the form. */
function firstActs(form: Start, claimUs: number | undefined): Act[] {
  const facts = FACTS.filter((name) => form[name].trim() !== '')
  const claim: Act[] = claimUs === undefined || form.planned ? [] : [{ is: 'claimed', wallUs: claimUs }]
  return [...claim, ...facts.map((name): Act => ({ is: 'entry', entry: name, text: form[name].trim() }))]
}

function Find({ choose, zone }: { readonly zone: string; choose(known: KnownPatient): void }) {
  const [typed, setTyped] = useState('')
  const [found, setFound] = useState<readonly KnownPatient[]>()
  const [says, setSays] = useState('')
  const find = async (event: Event) => {
    event.preventDefault()
    const answer = await findPatients(typed.trim())
    setFound(answer.found)
    setSays(answer.message ?? (answer.found.length === 0 ? f.noneFound : ''))
  }
  return (
    <form class="find" onSubmit={(event) => void find(event)}>
      <div class="row">
        <label class="grow">
          <span>{f.findDo}</span>
          <input
            name="find"
            value={typed}
            maxLength={120}
            autocomplete="off"
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={typed.trim().length < 2}>
          {f.find}
        </button>
      </div>
      <p class="hint" role="status">
        {says}
      </p>
      {found !== undefined && found.length > 0 && (
        <ul class="rows" aria-label={f.found}>
          {found.map((known) => (
            <li key={known.patient.id}>
              <button type="button" class="found" data-found={known.patient.id} onClick={() => choose(known)}>
                <strong>{known.patient.name}</strong>
                <span>
                  {known.patient.born}, {known.patient.id}
                </span>
                <span class="muted">
                  {f.lastSession(String(known.plan.number), clockOrDay(known.lastWallUs, Date.now() * 1000, zone))}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </form>
  )
}
