/**
 * Behind a one-time link: the first account, an invitation, a reset, a wall display. Browser tests read `main[data-welcome]`
 * (`first account display`, or why not: `no-code gone waiting`).
 */
import { useEffect, useState } from 'preact/hooks'
import { gate } from '../../access'
import { isPin } from '../../model/access'
import { go } from '../../route'
import { welcomeCode } from '../../welcome'
import type { WelcomeSaid } from '../../wire/wire'
import '../../styles/access.css'
import { lookAtWelcome } from './ask'
import { Asked } from './fields'
import { NewPassword, type Passwords, passwordsFit } from './new_password'
import { Tried, useTries } from './tries'
import { a } from './words'

type Looked = { readonly is: 'waiting' | 'no-code' } | { readonly is: 'gone'; readonly message: string } | WelcomeSaid

export function Welcome() {
  const code = welcomeCode.value
  const [looked, setLooked] = useState<Looked>({ is: 'waiting' })
  useEffect(() => {
    if (code === '') return setLooked({ is: 'no-code' })
    let left = false
    void lookAtWelcome(code).then((answer) => {
      if (!left) setLooked(answer.ok ? answer.value : { is: 'gone', message: answer.message })
    })
    return () => {
      left = true
    }
  }, [code])
  const is = 'for' in looked ? looked.for : looked.is
  return (
    <main class="access-page" data-welcome={is}>
      <section class="card">
        {!('for' in looked) && <h1>{a.welcome}</h1>}
        {is === 'waiting' && <p>{a.working}</p>}
        {is === 'no-code' && <p>{a.noCode}</p>}
        {'message' in looked && (
          <>
            <p>{a.linkGone}</p>
            <p class="hint">{looked.message}</p>
          </>
        )}
        {'for' in looked &&
          (looked.for === 'display' ? <OfDisplay said={looked} code={code} /> : <OfPerson said={looked} code={code} />)}
      </section>
    </main>
  )
}

interface Props {
  readonly said: WelcomeSaid
  readonly code: string
}

/** The code worked: it is worth nothing any more, and the room is next. */
function leave(): void {
  welcomeCode.value = ''
  go({ at: 'wall' })
}

function OfDisplay({ said, code }: Props) {
  const tries = useTries()
  const be = async () => {
    if ((await tries.run(() => gate.welcome({ code }))).is === 'in') leave()
  }
  return (
    <>
      <h1>{a.welcomeDisplay(said.name ?? '')}</h1>
      <p class="hint">{a.welcomeDisplayDo}</p>
      <Tried last={tries.last} wrong={a.linkGone} />
      <button type="button" class="main" data-act="be-display" disabled={tries.busy} onClick={() => void be()}>
        {a.beDisplay}
      </button>
    </>
  )
}

function OfPerson({ said, code }: Props) {
  const first = said.for === 'first'
  const [name, setName] = useState('')
  const [signInName, setSignInName] = useState('')
  const [typed, setTyped] = useState<Passwords>({ password: '', again: '' })
  const [pin, setPin] = useState('')
  const tries = useTries()
  const fits =
    (!first || (name.trim() !== '' && signInName.trim() !== '')) && passwordsFit(typed) && (pin === '' || isPin(pin))
  const begin = async (event: Event) => {
    event.preventDefault()
    if (!fits || tries.busy) return
    const names = first ? { name: name.trim(), signInName: signInName.trim() } : {}
    const body = { code, ...names, password: typed.password, ...(pin === '' ? {} : { pin }) }
    const became = await tries.run(() => gate.welcome(body))
    // A link replaces a password, never a second factor: the new one is asked for with its code.
    if (became.is === 'in' || became.is === 'code') leave()
  }
  return (
    <form onSubmit={(event) => void begin(event)}>
      <h1>{first ? a.welcomeFirst : a.welcomeAccount(said.name ?? '')}</h1>
      <p class="hint">{first ? a.welcomeFirstDo : a.welcomeAccountDo(said.signInName ?? '')}</p>
      {first && <Asked label={a.yourName} name="name" fill="name" value={name} change={setName} />}
      {first && (
        <Asked label={a.signInName} name="sign-in-name" fill="username" value={signInName} change={setSignInName} />
      )}
      <NewPassword typed={typed} change={setTyped} />
      <Asked
        label={`${a.newPin} (${a.optional})`}
        name="pin"
        kind="password"
        fill="off"
        max={8}
        value={pin}
        hint={pin === '' || isPin(pin) ? a.pinDo : a.badPin}
        invalid={pin !== '' && !isPin(pin)}
        change={setPin}
      />
      <Tried last={tries.last} wrong={a.linkGone} />
      <button type="submit" class="main" data-act="begin" disabled={!fits || tries.busy}>
        {tries.busy ? a.working : a.begin}
      </button>
    </form>
  )
}
