/** Who the clinician is, where only one may decide. */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import type { Person } from '../../../wire/wire'
import type { Bedside } from '../bedside'

interface Props {
  readonly at: Bedside
  readonly chosen: Person | undefined
  choose(person: Person | undefined): void
}

export function Clinician({ at, chosen, choose }: Props) {
  const [typed, setTyped] = useState('')
  const clinicians = (at.state.clinic?.staff ?? []).filter(({ role }) => role === 'clinician')
  return (
    <fieldset class="clinician">
      <legend>{f.needsClinician}</legend>
      <div class="chips">
        {clinicians.map((it) => (
          <button type="button" key={it.name} aria-pressed={chosen?.name === it.name} onClick={() => choose(it)}>
            {it.name}
          </button>
        ))}
      </div>
      <label class="field">
        <span>{f.otherName}</span>
        <input
          value={typed}
          maxLength={120}
          onInput={(event) => {
            const name = event.currentTarget.value
            setTyped(name)
            choose(name.trim() === '' ? undefined : { name: name.trim(), role: 'clinician' })
          }}
        />
      </label>
    </fieldset>
  )
}
