/** A panel beside the trend, and the question for a reason. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { may } from '../../../access'
import { f } from '../../../format/forms'
import { namesAreTyped, person } from '../../../ui/person'
import type { Person } from '../../../wire/wire'
import type { Bedside, Why } from '../bedside'
import { Clinician } from './clinician'

interface PanelProps {
  readonly at: Bedside
  readonly title: string
  readonly hint?: string | undefined
  readonly name: string
  readonly children: preact.ComponentChildren
}

/** A panel takes the focus when it comes and gives it back when it goes. */
export function Panel({ at, title, hint, name, children }: PanelProps) {
  const head = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const before = document.activeElement
    head.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [name])
  return (
    <section class="side panel-sheet" data-sheet={name} aria-label={title}>
      <div class="bar">
        <h2 tabIndex={-1} ref={head}>
          {title}
        </h2>
        <button type="button" onClick={() => at.show(undefined)}>
          {f.close}
        </button>
      </div>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {children}
    </section>
  )
}

/** Reasons to tap, or one to type: a tap is enough. */
export function Reasons({
  chips,
  done,
  disabled,
}: {
  chips: readonly string[]
  disabled?: boolean
  done(reason: string): void
}) {
  const [other, setOther] = useState('')
  return (
    <>
      <div class="chips">
        {chips.map((chip) => (
          <button type="button" key={chip} disabled={disabled} onClick={() => done(chip)}>
            {chip}
          </button>
        ))}
      </div>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (other.trim() !== '') done(other.trim())
        }}
      >
        <label class="grow">
          <span>{f.otherReason}</span>
          <input value={other} maxLength={200} onInput={(event) => setOther(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={disabled || other.trim() === ''}>
          {f.record}
        </button>
      </form>
    </>
  )
}

export function WhyPanel({ at, ask }: { readonly at: Bedside; readonly ask: Why }) {
  const mine = person.value
  const [by, setBy] = useState<Person | undefined>(mine?.role === 'clinician' ? mine : undefined)
  // Where accounts exist, a clinician proves who it is after the reason.
  const named = ask.clinician === true && namesAreTyped.value
  const missing = named && by === undefined
  return (
    <Panel at={at} name="why" title={ask.title} hint={ask.hint}>
      {named && <Clinician at={at} chosen={by} choose={setBy} />}
      <h3>{f.why}</h3>
      <Reasons
        chips={ask.chips}
        disabled={missing}
        done={(reason) => {
          at.show(undefined)
          if (!ask.clinician || named) ask.answer(reason, by)
          else if (mine !== undefined && may('decide')) ask.answer(reason, mine)
          else at.show({ is: 'person', need: 'decide', answer: (who) => ask.answer(reason, who) })
        }}
      />
    </Panel>
  )
}
