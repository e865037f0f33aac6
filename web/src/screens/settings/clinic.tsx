/** The clinic's own settings: staff, names on public screens, the list for leaving. */
import { useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import type { Change, Clinic } from '../../wire/wire'
import { Card, Choice, Field } from './parts'

/** Changes a setting in the name of whoever is at the screen; `what` is said when it is done. */
export type Changing = (change: Change, what: string) => Promise<boolean>

interface Props {
  readonly clinic: Clinic
  readonly changing: Changing
}

export function Staff({ clinic, changing }: Props) {
  const [name, setName] = useState('')
  const [role, setRole] = useState('nurse')
  const add = async (event: Event) => {
    event.preventDefault()
    const person = { name: name.trim(), role }
    if (await changing({ is: 'staff', person }, text.clinic.saved(person.name))) setName('')
  }
  return (
    <Card title={text.clinic.parts.staff} hint={text.clinic.staffDo}>
      {clinic.staff.length === 0 && <p>{text.clinic.noStaff}</p>}
      <ul class="rows">
        {clinic.staff.map((person) => (
          <li key={person.name} class="row" data-staff={person.name}>
            <span class="grow">
              <strong>{person.name}</strong> <span class="muted">{word(text.clinic.roles, person.role)}</span>
            </span>
            <button
              type="button"
              aria-label={`${text.clinic.remove}: ${person.name}`}
              onClick={() => void changing({ is: 'staffGone', name: person.name }, text.clinic.removed(person.name))}
            >
              {text.clinic.remove}
            </button>
          </li>
        ))}
      </ul>
      <form class="row" onSubmit={(event) => void add(event)}>
        <Field label={text.clinic.name} value={name} change={setName} />
        <Choice label={text.clinic.role} value={role} options={text.clinic.roles} choose={setRole} />
        <button type="submit" disabled={name.trim() === ''}>
          {text.clinic.addStaff}
        </button>
      </form>
    </Card>
  )
}

export function PublicNames({ clinic, changing }: Props) {
  return (
    <Card title={text.clinic.names} hint={text.clinic.namesDo}>
      <div class="row">
        <Choice
          label={text.clinic.names}
          value={clinic.names}
          options={text.clinic.namesOf}
          choose={(names) => void changing({ is: 'names', names }, text.clinic.saved(text.clinic.names))}
        />
      </div>
    </Card>
  )
}

export function Leaving({ clinic, changing }: Props) {
  const [lines, setLines] = useState<readonly string[]>(clinic.readiness)
  const change = (at: number, line: string) => setLines(lines.map((old, n) => (n === at ? line : old)))
  const up = (at: number) =>
    setLines(lines.map((line, n) => (n === at - 1 ? (lines[at] ?? line) : n === at ? (lines[at - 1] ?? line) : line)))
  const kept = lines.map((line) => line.trim()).filter((line) => line !== '')
  const save = (event: Event) => {
    event.preventDefault()
    void changing({ is: 'readiness', lines: kept }, text.clinic.saved(text.clinic.parts.leaving))
  }
  const same = kept.length === clinic.readiness.length && kept.every((line, n) => line === clinic.readiness[n])
  return (
    <Card title={text.clinic.parts.leaving} hint={text.clinic.leavingDo}>
      <form onSubmit={save}>
        <ol class="rows">
          {lines.map((line, n) => (
            <li key={`line ${n + 1}`} class="row" data-leaving={n}>
              <Field label={text.clinic.line(n + 1)} value={line} change={(typed) => change(n, typed)} />
              <button type="button" disabled={n === 0} onClick={() => up(n)}>
                {text.clinic.up}
              </button>
              <button
                type="button"
                aria-label={`${text.clinic.remove}: ${text.clinic.line(n + 1)}`}
                onClick={() => setLines(lines.filter((_, at) => at !== n))}
              >
                {text.clinic.remove}
              </button>
            </li>
          ))}
        </ol>
        <div class="row">
          <button type="button" onClick={() => setLines([...lines, ''])}>
            {text.clinic.addLine}
          </button>
          <button type="submit" disabled={same || kept.length === 0}>
            {text.clinic.save}
          </button>
        </div>
      </form>
    </Card>
  )
}
