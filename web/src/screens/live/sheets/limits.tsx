/** The clinic's limits in force for this patient, and a clinician's own ones. */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { text, word } from '../../../format/text'
import { type InForce, inForce } from '../../../model/inforce'
import { limitsFit, type Numbers, writeLimits } from '../../../model/limits'
import type { Bedside } from '../bedside'
import { Panel } from './why'

const t = text.session

export function LimitsSheet({ at }: { readonly at: Bedside }) {
  const [own, setOwn] = useState<string>()
  const all = inForce(at.state.clinic, at.lines)
  const chosen = all.find(({ notice }) => notice === own)
  return (
    <Panel at={at} name="limits" title={f.limits} hint={all.length === 0 ? f.noLimits : f.limitsDo}>
      {chosen !== undefined ? (
        <OwnLimits at={at} kind={chosen} />
      ) : (
        <ul class="rows">
          {all.map((it) => (
            <li key={it.notice} class="row" data-in-force={it.notice}>
              <span class="grow">
                <strong>{word(text.clinic.kind, it.notice)}</strong>
                <span class="entry-more">
                  {[...it.numbers].map(([name, number]) => (
                    <span key={name} class="pair">
                      {word(text.clinic.number, name)} <strong>{number}</strong>{' '}
                    </span>
                  ))}
                </span>
                {it.own !== undefined && (
                  <span class="entry-more muted">
                    {f.ownLimit(it.own.by.name)}: {it.own.act.reason}
                  </span>
                )}
              </span>
              {at.standing !== undefined && (
                <button type="button" onClick={() => setOwn(it.notice)}>
                  {f.setOwn}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Numbers of one kind for this patient; the clinician and the reason are asked for last. */
function OwnLimits({ at, kind }: { readonly at: Bedside; readonly kind: InForce }) {
  const [numbers, setNumbers] = useState<Numbers>(kind.numbers)
  const wrong = !limitsFit(numbers)
  const ask = (limits: string) => ({
    is: 'why' as const,
    ask: {
      title: `${f.setOwn}: ${word(text.clinic.kind, kind.notice)}`,
      hint: limits,
      chips: t.reasons.stop.slice(-1),
      clinician: true,
      answer: (reason: string, by: Parameters<Bedside['begin']>[2] | undefined) =>
        at.press({ is: 'limited', notice: kind.notice, limits, reason }, { by }),
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) at.show(ask(writeLimits(numbers)))
      }}
    >
      <div class="typed-grid">
        {[...kind.numbers.keys()].map((name) => (
          <label key={name} class="field">
            <span>{word(text.clinic.number, name)}</span>
            <input
              inputMode="numeric"
              value={numbers.get(name) ?? ''}
              onInput={(event) => setNumbers(new Map(numbers).set(name, event.currentTarget.value))}
            />
          </label>
        ))}
      </div>
      <div class="chips">
        <button type="submit" class="main" disabled={wrong}>
          {f.setOwn}
        </button>
        {kind.own !== undefined && (
          <button type="button" class="main" onClick={() => at.show(ask(''))}>
            {f.backToClinic}
          </button>
        )}
      </div>
    </form>
  )
}
