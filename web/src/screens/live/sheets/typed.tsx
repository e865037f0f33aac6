/** Values read off the monitor at the chair and typed (L7). */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { unit } from '../../../format/value'
import { readTyped, TYPED } from '../../../model/typed'
import type { Bedside } from '../bedside'
import { NOW, WhenRow } from './when'
import { Panel } from './why'

export function TypedSheet({ at, first }: { readonly at: Bedside; readonly first: string | undefined }) {
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({})
  const [when, setWhen] = useState(NOW)
  const { values, wrong } = readTyped(fields)
  const done = (event: Event) => {
    event.preventDefault()
    if (wrong.length > 0 || values.length === 0 || when.wrong) return
    at.show(undefined)
    at.press({ is: 'typed', values }, when.how)
  }
  return (
    <Panel at={at} name="typed" title={f.typedVitals} hint={f.typedDo}>
      <form onSubmit={done} data-first={first}>
        <div class="typed-grid">
          {TYPED.map(({ vital, unit: ucum, fields: names }) => (
            <fieldset key={vital} class="typed-vital" data-typed={vital}>
              <legend>
                {word(text.label, vital)} <span class="muted">{unit(ucum)}</span>
              </legend>
              {names.map((name) => {
                const field = `${vital} ${name}`
                return (
                  <label key={name} class="field">
                    <span>{word(f.field, name)}</span>
                    <input
                      inputMode="decimal"
                      maxLength={5}
                      name={field}
                      aria-invalid={wrong.includes(field)}
                      value={fields[field] ?? ''}
                      onInput={(event) => setFields({ ...fields, [field]: event.currentTarget.value })}
                    />
                  </label>
                )
              })}
            </fieldset>
          ))}
        </div>
        {wrong.length > 0 && <p class="wrong">{f.badDigits}</p>}
        <WhenRow at={at} when={when} set={setWhen} />
        <button type="submit" class="main" disabled={wrong.length > 0 || values.length === 0 || when.wrong}>
          {f.record}
        </button>
      </form>
    </Panel>
  )
}
