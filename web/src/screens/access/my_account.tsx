/** One's own page: leave, password, PIN, second factor, where one is signed in. */
import { useState } from 'preact/hooks'
import { gate, may } from '../../access'
import type { Outbox } from '../../feed/outbox'
import { text, word } from '../../format/text'
import { clock, day } from '../../format/time'
import { isPin } from '../../model/access'
import '../../styles/access.css'
import { Card } from '../settings/parts'
import { changePassword, changePin, endSignIn, signInsOf } from './ask'
import { EmergencyCard } from './emergency'
import { Factor } from './factor'
import { Asked } from './fields'
import { type Told, useListed } from './listed'
import { NewPassword, type Passwords, passwordsFit } from './new_password'
import { Waiting } from './sign_in'
import { SignOut } from './sign_out'
import { ToldOf } from './told'
import { a } from './words'

export interface OfMine {
  readonly outbox: Outbox
  readonly zone: string
}

export function MyAccount({ outbox, zone }: OfMine) {
  const { me } = gate
  if (me?.person == null) return null
  const { name, roles, elsewhere = false } = me.person
  return (
    <div class="all" data-me={name}>
      <Card title={name} hint={roles.map((it) => word(a.role, it)).join(', ')}>
        <Waiting outbox={outbox} />
        <div class="row">
          <button type="button" data-act="lock-me" onClick={() => gate.lock()}>
            {text.lock}
          </button>
          <SignOut outbox={outbox} />
          <SignOut outbox={outbox} everywhere />
        </div>
        <p class="hint">{a.signOutEverywhereDo}</p>
        <p class="hint" data-lock-after={me.lockAfterS}>
          {a.lockAfter(Math.round(me.lockAfterS / 60))}
        </p>
      </Card>
      <SignIns zone={zone} />
      {elsewhere ? <p class="hint">{a.ofProvider(me.openId ?? '')}</p> : <Password />}
      <Pin isSet={me.pinSet} elsewhere={elsewhere} />
      <Card title={a.factor}>
        <Factor isSet={me.codeSet} elsewhere={elsewhere} done={() => void gate.ask()} />
      </Card>
      {!may('records') && <EmergencyCard zone={zone} />}
    </div>
  )
}

function Password() {
  const [old, setOld] = useState('')
  const [typed, setTyped] = useState<Passwords>({ password: '', again: '' })
  const [told, tell] = useState<Told>()
  const change = async (event: Event) => {
    event.preventDefault()
    const answer = await changePassword(old, typed.password)
    tell({ ok: answer.ok, message: answer.ok ? a.changed : answer.message })
    setOld('')
    if (!answer.ok) return
    setTyped({ password: '', again: '' })
    await gate.ask()
  }
  return (
    <Card title={a.passwordChange}>
      <form class="account-edit" data-form="password" onSubmit={(event) => void change(event)}>
        <ToldOf told={told} />
        <Asked label={a.oldPassword} name="old" kind="password" fill="current-password" value={old} change={setOld} />
        <NewPassword typed={typed} change={setTyped} />
        <button type="submit" disabled={old === '' || !passwordsFit(typed)}>
          {a.change}
        </button>
      </form>
    </Card>
  )
}

function Pin({ isSet, elsewhere }: { readonly isSet: boolean; readonly elsewhere: boolean }) {
  const [password, setPassword] = useState('')
  const proven = elsewhere || password !== ''
  const [pin, setPin] = useState('')
  const [told, tell] = useState<Told>()
  const change = async (to: string | undefined) => {
    const answer = await changePin(password, to)
    tell({ ok: answer.ok, message: answer.ok ? a.changed : answer.message })
    setPassword('')
    setPin('')
    if (answer.ok) await gate.ask()
  }
  return (
    <Card title={a.pin} hint={a.pinDo}>
      <form
        class="account-edit"
        data-form="pin"
        onSubmit={(event) => {
          event.preventDefault()
          void change(pin)
        }}
      >
        <ToldOf told={told} />
        <p>{isSet ? a.pinIsSet : a.pinNotSet}</p>
        {!elsewhere && (
          <Asked
            label={a.password}
            name="password"
            kind="password"
            fill="current-password"
            value={password}
            change={setPassword}
          />
        )}
        <Asked
          label={a.newPin}
          name="pin"
          kind="password"
          max={8}
          value={pin}
          invalid={pin !== '' && !isPin(pin)}
          {...(pin !== '' && !isPin(pin) ? { hint: a.badPin } : {})}
          change={setPin}
        />
        <div class="row">
          <button type="submit" disabled={!proven || !isPin(pin)}>
            {a.change}
          </button>
          {isSet && (
            <button type="button" disabled={!proven} onClick={() => void change(undefined)}>
              {a.removePin}
            </button>
          )}
        </div>
      </form>
    </Card>
  )
}

function SignIns({ zone }: { readonly zone: string }) {
  const { list, told, doing } = useListed(signInsOf)
  const at = (us: number) => `${day(us, zone)} ${clock(us, zone)}`
  return (
    <Card title={a.signIns}>
      <ToldOf told={told} />
      <ul class="rows">
        {list?.map((it) => (
          <li key={it.id} class="row" data-sign-in-row={it.here ? 'here' : 'elsewhere'}>
            <span class="grow">
              <strong>{it.here ? a.signInHere : it.from}</strong>{' '}
              <span class="muted">
                {a.since(at(it.sinceUs))}, {a.lastUsed(at(it.lastUs))}
              </span>
            </span>
            {!it.here && (
              <button
                type="button"
                aria-label={a.about(a.end, it.from)}
                onClick={() => void doing(() => endSignIn(it.id), a.ended)}
              >
                {a.end}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
