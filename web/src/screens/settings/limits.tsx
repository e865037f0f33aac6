/** The clinic's own limit notices: each kind is switched on by itself. */
import { useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import { limitsFit, NUMBERS, type Numbers, readLimits, writeLimits } from '../../model/limits'
import type { Clinic, Limit } from '../../wire/wire'
import type { Changing } from './clinic'
import { Card, Field } from './parts'

export function Limits({ clinic, changing }: { readonly clinic: Clinic; readonly changing: Changing }) {
  return (
    <Card title={text.clinic.parts.limits} hint={text.clinic.limitsDo}>
      {clinic.hasLimits ? (
        <ul class="rows">
          {clinic.limits.map((limit) => (
            <Row key={`${limit.notice} ${limit.on} ${limit.limits}`} limit={limit} changing={changing} />
          ))}
        </ul>
      ) : (
        <p>{text.clinic.noLimits}</p>
      )}
    </Card>
  )
}

function Row({ limit, changing }: { readonly limit: Limit; readonly changing: Changing }) {
  const start = readLimits(limit.limits)
  const [typed, type] = useState<Numbers>(start)
  const name = word(text.clinic.kind, limit.notice)
  const fits = limitsFit(typed)
  const set = (on: boolean) =>
    changing(
      { is: 'limit', limit: { notice: limit.notice, on, limits: writeLimits(typed) } },
      text.clinic.saved(`${name}, ${on ? text.clinic.on : text.clinic.off}`),
    )
  const shown = NUMBERS.filter((number) => start.has(number))
  return (
    <li data-limit={limit.notice} data-on={limit.on}>
      <form
        class="limit"
        onSubmit={(event) => {
          event.preventDefault()
          void set(limit.on)
        }}
      >
        <label class="check">
          <input
            type="checkbox"
            checked={limit.on}
            disabled={!fits}
            onChange={(event) => void set(event.currentTarget.checked)}
          />
          <strong>{name}</strong>
          <span class="muted">{limit.on ? text.clinic.on : text.clinic.off}</span>
        </label>
        <div class="row">
          {shown.map((number) => (
            <Field
              key={number}
              numeric
              max={5}
              label={word(text.clinic.number, number)}
              value={typed.get(number) ?? ''}
              invalid={!limitsFit(new Map([[number, typed.get(number) ?? '']]))}
              change={(value) => type(new Map(typed).set(number, value))}
            />
          ))}
          <button type="submit" disabled={!fits || writeLimits(typed) === writeLimits(start)}>
            {text.clinic.save}
          </button>
        </div>
      </form>
    </li>
  )
}
