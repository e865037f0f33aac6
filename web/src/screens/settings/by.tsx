/** Who changes something: chosen from the staff or typed, kept for the screen. */
import { useState } from 'preact/hooks'
import { text } from '../../format/text'
import type { Person } from '../../wire/wire'
import { Choice, Field } from './parts'

const KEY = 'chairside.person'

/** Whoever said so last at this screen. */
export function keptPerson(): Person | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return undefined
    const { name, role } = kept as Record<string, unknown>
    return typeof name === 'string' && name !== '' && typeof role === 'string' ? { name, role } : undefined
  } catch {
    return undefined
  }
}

function keep(person: Person | undefined): void {
  try {
    if (person === undefined) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, JSON.stringify(person))
  } catch {
    // A browser that keeps nothing asks again.
  }
}

interface Props {
  readonly by: Person | undefined
  readonly staff: readonly Person[]
  choose(person: Person | undefined): void
}

export function By({ by, staff, choose }: Props) {
  const [name, setName] = useState(by?.name ?? '')
  const [role, setRole] = useState(by?.role ?? 'lead')
  const become = (name: string, role: string) => {
    const person = name.trim() === '' ? undefined : { name: name.trim(), role }
    setName(name)
    setRole(role)
    keep(person)
    choose(person)
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
