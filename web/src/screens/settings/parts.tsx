/** What the parts of the settings page share. */
import type { ComponentChildren } from 'preact'
import type { Outcome } from './deeds'

/** Does a deed and shows what became of it. */
export type Doing = (deed: () => Promise<Outcome>) => Promise<boolean>

export function Card({ title, hint, children }: { title: string; hint?: string; children: ComponentChildren }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {children}
    </section>
  )
}

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly max?: number
  readonly numeric?: boolean
  readonly invalid?: boolean
  change(value: string): void
}

export function Field({ label, value, max = 120, numeric = false, invalid = false, change }: FieldProps) {
  return (
    <label class={numeric ? 'number-field' : 'grow'}>
      <span>{label}</span>
      <input
        value={value}
        maxLength={max}
        autocomplete="off"
        inputMode={numeric ? 'numeric' : 'text'}
        aria-invalid={invalid}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </label>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly options: Readonly<Record<string, string>>
  choose(value: string): void
}

export function Choice({ label, value, options, choose }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {Object.entries(options).map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
