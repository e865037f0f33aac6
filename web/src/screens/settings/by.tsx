/** Who changes something: chosen from the staff or typed; the same person who presses on this screen elsewhere. */
import { useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import { namesAreTyped, person, setPerson } from '../../ui/person'
import type { Person } from '../../wire/wire'
import { Choice, Field } from './parts'

interface Props {
  readonly staff: readonly Person[]
}

export function By({ staff }: Props) {
  const by = person.value
  if (namesAreTyped.value) return <TypedBy staff={staff} />
  if (by === undefined) return null
  return (
    <p class="hint" id="by-do" data-by={by.name}>
      {text.clinic.by}: <strong>{text.session.by(by.name, word(text.clinic.roles, by.role))}</strong>
    </p>
  )
}

function TypedBy({ staff }: Props) {
  const by = person.value
  const [name, setName] = useState(by?.name ?? '')
  const [role, setRole] = useState(by?.role ?? 'lead')
  const become = (name: string, role: string) => {
    setName(name)
    setRole(role)
    if (name.trim() !== '') setPerson({ name: name.trim(), role })
  }
  const offered = Object.fromEntries([['', ''], ...staff.map((person) => [person.name, person.name])])
  return (
    <section class="card by" data-by={by?.name}>
      <div class="row">
        {staff.length > 0 && (
          <Choice
            label={text.clinic.parts.staff}
            value={staff.some((person) => person.name === name) ? name : ''}
            options={offered}
            choose={(chosen) => become(chosen, staff.find((person) => person.name === chosen)?.role ?? role)}
          />
        )}
        <Field label={text.clinic.by} value={name} change={(typed) => become(typed, role)} />
        <Choice
          label={text.clinic.role}
          value={role}
          options={text.clinic.roles}
          choose={(chosen) => become(name, chosen)}
        />
      </div>
      <p class="hint" id="by-do">
        {text.clinic.byDo}
      </p>
    </section>
  )
}
