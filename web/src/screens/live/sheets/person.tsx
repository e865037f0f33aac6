/** Who presses, and the hand-over of the patient in one step (L12). */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { person, setPerson } from '../../../ui/person'
import type { Person } from '../../../wire/wire'
import type { Bedside } from '../bedside'
import { Clinician } from './clinician'
import { Panel } from './why'

const t = text.session
const ROLES = ['nurse', 'clinician', 'lead', 'reviewer'] as const

interface Props {
  readonly at: Bedside
  readonly next: ((person: Person) => void) | undefined
}

export function PersonSheet({ at, next }: Props) {
  const me = person.value
  const staff = at.state.clinic?.staff ?? []
  const become = (chosen: Person) => {
    setPerson(chosen)
    at.show(undefined)
    next?.(chosen)
  }
  const nurse = at.standing?.session.nurse
  return (
    <Panel at={at} name="person" title={t.person} hint={f.personDo}>
      {staff.length === 0 && <p class="hint">{f.noStaff}</p>}
      <h3>{f.iAm}</h3>
      <People people={staff} chosen={me} choose={become} />
      <TypedPerson choose={become} />
      {at.standing !== undefined && next === undefined && me !== undefined && (
        <>
          <h3>{f.handOver}</h3>
          <p class="hint">
            {f.handOverDo}: {nurse !== undefined && f.has(nurse.name)}
          </p>
          <HandOver at={at} me={me} staff={staff} />
        </>
      )}
    </Panel>
  )
}

/** The patient and the screen go to another person with one tap; it is pressed by the one who hands over. */
function HandOver({ at, me, staff }: { readonly at: Bedside; readonly me: Person; readonly staff: readonly Person[] }) {
  const give = (to: Person) => {
    at.show(undefined)
    at.press({ is: 'handedOver', to }, { by: me })
    setPerson(to)
  }
  const others = staff.filter(({ name }) => name !== me.name)
  return (
    <div data-hand-over>
      <People people={others} chosen={undefined} choose={give} />
      <TypedPerson choose={give} />
    </div>
  )
}

export function People(props: {
  readonly people: readonly Person[]
  readonly chosen: Person | undefined
  choose(it: Person): void
}) {
  return (
    <div class="chips">
      {props.people.map((it) => (
        <button
          type="button"
          key={`${it.name} ${it.role}`}
          aria-pressed={props.chosen?.name === it.name && props.chosen.role === it.role}
          onClick={() => props.choose(it)}
        >
          {t.by(it.name, word(text.clinic.roles, it.role))}
        </button>
      ))}
    </div>
  )
}

export function TypedPerson({ choose }: { choose(person: Person): void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<string>('nurse')
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') choose({ name: name.trim(), role })
      }}
    >
      <label class="grow">
        <span>{f.otherName}</span>
        <input value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span>{text.clinic.role}</span>
        <select value={role} onChange={(event) => setRole(event.currentTarget.value)}>
          {ROLES.map((it) => (
            <option key={it} value={it}>
              {word(text.clinic.roles, it)}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={name.trim() === ''}>
        {f.record}
      </button>
    </form>
  )
}

/** Names the clinician whose word it is. */
export function ClinicianSheet({
  at,
  title,
  next,
}: {
  readonly at: Bedside
  readonly title: string
  next(by: Person): void
}) {
  const [by, setBy] = useState<Person>()
  return (
    <Panel at={at} name="clinician" title={title}>
      <Clinician at={at} chosen={by} choose={setBy} />
      <button
        type="button"
        class="main"
        disabled={by === undefined}
        onClick={() => {
          at.show(undefined)
          if (by !== undefined) next(by)
        }}
      >
        {f.record}
      </button>
    </Panel>
  )
}
