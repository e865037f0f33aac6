/** When an entry was: now, unless somebody sets the time back. */
import { useState } from 'preact/hooks'
import { f } from '../../../format/forms'
import { clock } from '../../../format/time'
import { BACK, lastTime } from '../../../model/setback'
import type { Bedside, How } from '../bedside'

/** A time that was set back, or now; `wrong` is one that cannot be read. */
export interface When {
  readonly how: How
  readonly wrong: boolean
}

export const NOW: When = { how: {}, wrong: false }

interface Props {
  readonly at: Bedside
  readonly when: When
  set(when: When): void
}

export function WhenRow({ at, when, set }: Props) {
  const [typed, setTyped] = useState('')
  const { nowUs, state } = at
  const back = (minutes: number) => {
    setTyped('')
    set(
      nowUs === undefined || minutes === 0 ? NOW : { how: { atUs: nowUs - minutes * 60e6, late: true }, wrong: false },
    )
  }
  const atUs = when.how.atUs
  return (
    <fieldset class="when">
      <legend>
        {f.time}: <strong>{atUs === undefined ? f.now : clock(atUs, state.zone)}</strong>
      </legend>
      <div class="chips">
        <button type="button" aria-pressed={atUs === undefined && !when.wrong} onClick={() => back(0)}>
          {f.now}
        </button>
        {BACK.map((minutes) => (
          <button type="button" key={minutes} onClick={() => back(minutes)}>
            {f.back(minutes)}
          </button>
        ))}
        <label class="field">
          <span>{f.at}</span>
          <input
            value={typed}
            inputMode="numeric"
            placeholder="10:05"
            maxLength={5}
            aria-invalid={when.wrong}
            onInput={(event) => {
              const said = event.currentTarget.value
              setTyped(said)
              const found = nowUs === undefined ? undefined : lastTime(said, nowUs, state.zone)
              if (said.trim() === '') set(NOW)
              else
                set(found === undefined ? { how: {}, wrong: true } : { how: { atUs: found, late: true }, wrong: false })
            }}
          />
        </label>
      </div>
      {when.wrong && typed.length >= 4 && <p class="wrong">{f.badTime}</p>}
    </fieldset>
  )
}
