/** Course templates: the times a session starts from. */
import { useState } from 'preact/hooks'
import { text } from '../../format/text'
import type { Clinic, Template } from '../../wire/wire'
import type { Changing } from './clinic'
import { Card, Field } from './parts'

/** The minutes of a template with what the server takes. */
const MINUTES = {
  infusionMin: [1, 1440],
  cuffInfusingMin: [1, 1440],
  cuffObservingMin: [1, 1440],
  observeMin: [0, 1440],
  assessFirstMin: [1, 1440],
  assessLaterMin: [1, 1440],
} as const
type Minutes = keyof typeof MINUTES
const NAMES = Object.keys(MINUTES) as Minutes[]
/** Most sessions of a course that can be typed: two digits are a mistake sooner than a plan. */
const SESSIONS_MAX = 999

/** A template as it is typed. */
type Typed = Readonly<Record<Minutes | 'name' | 'of', string>>

const typedOf = (template: Template): Typed => ({
  name: template.name,
  of: template.of === undefined ? '' : String(template.of),
  ...(Object.fromEntries(NAMES.map((name) => [name, String(template[name])])) as Record<Minutes, string>),
})

const NEW: Typed = {
  name: '',
  of: '',
  infusionMin: '40',
  cuffInfusingMin: '10',
  cuffObservingMin: '15',
  observeMin: '60',
  assessFirstMin: '15',
  assessLaterMin: '30',
}

type Range = readonly [low: number, high: number]

const within = (typed: string, [low, high]: Range) =>
  /^\d{1,4}$/.test(typed.trim()) && Number(typed) >= low && Number(typed) <= high

/** The template that was typed; `undefined` while something does not fit. */
export function templateOf(typed: Typed): Template | undefined {
  if (typed.name.trim() === '' || !(typed.of.trim() === '' || within(typed.of, [1, SESSIONS_MAX]))) return undefined
  if (!NAMES.every((name) => within(typed[name], MINUTES[name]))) return undefined
  const minutes = Object.fromEntries(NAMES.map((name) => [name, Number(typed[name])])) as Record<Minutes, number>
  const of = typed.of.trim() === '' ? {} : { of: Number(typed.of) }
  return { name: typed.name.trim(), ...of, ...minutes }
}

export function Templates({ clinic, changing }: { readonly clinic: Clinic; readonly changing: Changing }) {
  return (
    <Card title={text.clinic.parts.templates} hint={text.clinic.templatesDo}>
      <ul class="rows">
        {clinic.templates.map((template) => (
          <Row key={JSON.stringify(template)} start={typedOf(template)} known changing={changing} />
        ))}
        <Row key={`new ${clinic.templates.length}`} start={NEW} changing={changing} />
      </ul>
    </Card>
  )
}

function Row({ start, known = false, changing }: { start: Typed; known?: boolean; changing: Changing }) {
  const [typed, type] = useState(start)
  const template = templateOf(typed)
  const save = (event: Event) => {
    event.preventDefault()
    if (template !== undefined) void changing({ is: 'template', template }, text.clinic.saved(template.name))
  }
  const bad = (name: Minutes) => !within(typed[name], MINUTES[name])
  return (
    <li data-template={start.name}>
      <form onSubmit={save} class="template">
        {!known && <h3>{text.clinic.newTemplate}</h3>}
        <div class="row">
          {known ? (
            <strong class="grow">{start.name}</strong>
          ) : (
            <Field label={text.clinic.template.name} value={typed.name} change={(name) => type({ ...typed, name })} />
          )}
          <Field
            label={text.clinic.template.of}
            numeric
            value={typed.of}
            change={(of) => type({ ...typed, of })}
            invalid={typed.of.trim() !== '' && !within(typed.of, [1, SESSIONS_MAX])}
          />
        </div>
        <div class="row">
          {NAMES.map((name) => (
            <Field
              key={name}
              numeric
              label={text.clinic.template[name]}
              value={typed[name]}
              change={(minutes) => type({ ...typed, [name]: minutes })}
              invalid={bad(name)}
            />
          ))}
        </div>
        {NAMES.filter(bad).map((name) => (
          <p key={name} class="hint">
            {text.clinic.template[name]}: {text.clinic.numberBetween(MINUTES[name][0], MINUTES[name][1])}
          </p>
        ))}
        <div class="row">
          <button type="submit" disabled={template === undefined || typed === start}>
            {known ? text.clinic.save : text.add}
          </button>
          {known && (
            <button
              type="button"
              aria-label={`${text.clinic.remove}: ${start.name}`}
              onClick={() => void changing({ is: 'templateGone', name: start.name }, text.clinic.removed(start.name))}
            >
              {text.clinic.remove}
            </button>
          )}
        </div>
      </form>
    </li>
  )
}
