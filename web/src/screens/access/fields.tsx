/** Fields of these screens. A secret is never kept by the page and never corrected by the browser. */
import type { Ref } from 'preact'

interface Props {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly kind?: 'text' | 'password' | 'code'
  readonly fill?: string
  readonly max?: number
  readonly hint?: string
  readonly invalid?: boolean
  readonly focus?: Ref<HTMLInputElement> | undefined
  change(value: string): void
  /** Enter, where the field is in no form. */
  entered?(): void
}

const HIDDEN = { type: 'password' } as const
const SHOWN = { type: 'text' } as const

export function Asked({
  label,
  name,
  value,
  kind = 'text',
  fill,
  max = 128,
  hint,
  invalid,
  focus,
  change,
  entered,
}: Props) {
  return (
    <label class="field asked">
      <span>{label}</span>
      <input
        ref={focus ?? null}
        name={name}
        value={value}
        {...(kind === 'password' ? HIDDEN : SHOWN)}
        inputMode={kind === 'code' ? 'numeric' : 'text'}
        autocomplete={fill ?? 'off'}
        autocapitalize="none"
        spellcheck={false}
        maxLength={max}
        aria-invalid={invalid}
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || entered === undefined) return
          event.preventDefault()
          entered()
        }}
      />
      {hint !== undefined && <span class="hint">{hint}</span>}
    </label>
  )
}
