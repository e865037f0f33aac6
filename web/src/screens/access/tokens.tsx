/** Programs that read by themselves, and their tokens. Browser tests read `[data-token]` (its name), `[data-once]`. */
import { useState } from 'preact/hooks'
import { word } from '../../format/text'
import { day } from '../../format/time'
import type { ProgramToken } from '../../wire/wire'
import '../../styles/access.css'
import { Card } from '../settings/parts'
import { newToken, revokeToken, tokensOf } from './ask'
import { Asked } from './fields'
import { useListed } from './listed'
import { Once } from './once'
import { ToldOf } from './told'
import { a } from './words'

const SCOPES = ['fhir', 'metrics'] as const
/** The longest life the server gives a token. */
const DAYS_MAX = 3650

interface Shown {
  readonly of: string
  readonly token: string
}

export function Tokens({ zone }: { readonly zone: string }) {
  const { list, told, busy, doing } = useListed(tokensOf)
  const [shown, show] = useState<Shown>()
  const make = async (name: string, scopes: string[], days: number | undefined) => {
    const made = await doing(() => newToken({ name, scopes, ...(days === undefined ? {} : { days }) }), a.saved(name))
    if (made !== undefined) show({ of: name, token: made.token })
    return made !== undefined
  }
  return (
    <fieldset class="all" disabled={busy}>
      <Card title={a.tokens} hint={a.tokensDo}>
        <ToldOf told={told} />
        {shown !== undefined && (
          <Once title={a.tokenFor(shown.of)} secret={shown.token} done={() => show(undefined)}>
            {a.tokenDo}
          </Once>
        )}
        {list?.length === 0 && <p>{a.noTokens}</p>}
        <ul class="rows">
          {list?.map((it) => (
            <li key={it.id} class="row" data-token={it.name}>
              <span class="grow">
                <strong>{it.name}</strong> <span class="muted">{untilOf(it, zone)}</span>
                <span class="entry-more">{it.scopes.map((scope) => word(a.scope, scope)).join(', ')}</span>
              </span>
              <button
                type="button"
                data-act="revoke-token"
                aria-label={a.about(a.revokeToken, it.name)}
                onClick={() => void doing(() => revokeToken(it.id), a.tokenRevoked(it.name))}
              >
                {a.revokeToken}
              </button>
            </li>
          ))}
        </ul>
        <Make make={make} />
      </Card>
    </fieldset>
  )
}

function untilOf({ untilUs, over }: ProgramToken, zone: string): string {
  if (untilUs === undefined) return a.untilRevoked
  return over ? a.overSince(day(untilUs, zone)) : a.untilDay(day(untilUs, zone))
}

/** The days as typed; nothing for none, `NaN` for what is no number of days. */
function daysOf(typed: string): number | undefined {
  if (typed.trim() === '') return undefined
  const days = /^\d{1,4}$/.test(typed.trim()) ? Number(typed) : Number.NaN
  return days >= 1 && days <= DAYS_MAX ? days : Number.NaN
}

function Make({ make }: { make(name: string, scopes: string[], days: number | undefined): Promise<boolean> }) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>(['fhir'])
  const [typed, setTyped] = useState('')
  const days = daysOf(typed)
  const wrong = Number.isNaN(days)
  const send = async (event: Event) => {
    event.preventDefault()
    if (await make(name.trim(), [...scopes], days)) setName('')
  }
  return (
    <form class="account-edit" data-new-token onSubmit={(event) => void send(event)}>
      <Asked label={a.tokenName} name="token-name" max={120} value={name} change={setName} />
      <fieldset class="roles">
        <legend>{a.scopes}</legend>
        {SCOPES.map((scope) => (
          <label key={scope} class="check">
            <input
              type="checkbox"
              name={`scope ${scope}`}
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(event.currentTarget.checked ? [...scopes, scope] : scopes.filter((it) => it !== scope))
              }
            />
            <span>{word(a.scope, scope)}</span>
          </label>
        ))}
        {scopes.length === 0 && <p class="hint">{a.noScope}</p>}
      </fieldset>
      <Asked
        label={a.days}
        name="token-days"
        kind="code"
        max={4}
        hint={a.daysDo}
        invalid={wrong}
        value={typed}
        change={setTyped}
      />
      <button type="submit" data-act="new-token" disabled={name.trim() === '' || scopes.length === 0 || wrong}>
        {a.newToken}
      </button>
    </form>
  )
}
