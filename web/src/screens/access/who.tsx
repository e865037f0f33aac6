/**
 * "Who are you?": the people of this device as large names, then their PIN; or name and password. In no form of its own, so that
 * it can stand in one. Browser tests read `[data-who]` (`names pin password`), `[data-name-tile]`.
 */
import { useState } from 'preact/hooks'
import { gate, may } from '../../access'
import type { Try } from '../../feed/gate'
import type { Right } from '../../model/access'
import type { Person, PersonHere } from '../../wire/wire'
import '../../styles/access.css'
import { ByPassword } from './password'
import { PinPad } from './pin'
import { Tried, useTries, type WayProps } from './tries'
import { a } from './words'

interface Props {
  /** Something was pressed and waits for the name. */
  readonly pending?: boolean
  /** What it takes to answer. */
  readonly need?: Right | undefined
  done(by: Person | undefined): void
  /** Keeps what was pressed for somebody the server cannot check now. */
  keep?: ((it: PersonHere) => void) | undefined
}

type Way = { readonly is: 'names' | 'password' } | { readonly is: 'pin'; readonly of: PersonHere }

export function WhoAreYou({ pending = false, need, done, keep }: Props) {
  const people = gate.me?.people ?? []
  const [way, setWay] = useState<Way>({ is: people.length > 0 ? 'names' : 'password' })
  const [refused, setRefused] = useState('')
  const tries = useTries()
  const go = (to: Way) => {
    tries.clear()
    setRefused('')
    setWay(to)
  }
  const attempt = async (it: () => Promise<Try>) => {
    setRefused('')
    const became = await tries.run(it)
    if (became.is === 'full') setWay({ is: 'password' })
    if (became.is !== 'in') return false
    const by = gate.person
    const able = (need === undefined || may(need)) && !(pending && by === undefined)
    if (able) done(by)
    else {
      setRefused(a.mayNot(gate.me?.person?.name ?? ''))
      setWay({ is: 'names' })
    }
    return able
  }
  return (
    <div class="who-are-you" data-who={way.is}>
      {way.is !== 'pin' && (pending || gate.standing === 'locked') && (
        <p class="hint">{need !== undefined ? a.decides : pending ? a.goesOn : a.lockedDo}</p>
      )}
      {refused !== '' && (
        <p class="wrong" role="alert">
          {refused}
        </p>
      )}
      {way.is === 'names' && <Names people={people} choose={(of) => go({ is: 'pin', of })} />}
      {way.is === 'pin' && pending && keep !== undefined && tries.last?.is === 'noAnswer' && (
        <Unchecked of={way.of} keep={keep} />
      )}
      {way.is === 'pin' && <Pin key={way.of.id} of={way.of} tries={tries} attempt={attempt} />}
      {way.is === 'password' && (
        <ByPassword tries={tries} attempt={attempt} nobody={people.length === 0 && gate.standing === 'locked'} />
      )}
      <div class="row">
        {way.is !== 'names' && people.length > 0 && (
          <button type="button" onClick={() => go({ is: 'names' })}>
            {a.backToNames}
          </button>
        )}
        {way.is !== 'password' && (
          <button type="button" data-act="by-password" onClick={() => go({ is: 'password' })}>
            {a.byPassword}
          </button>
        )}
      </div>
    </div>
  )
}

function Names({ people, choose }: { readonly people: readonly PersonHere[]; choose(it: PersonHere): void }) {
  return (
    <ul class="name-tiles">
      {people.map((it) => (
        <li key={it.id}>
          <button type="button" data-name-tile={it.name} onClick={() => choose(it)}>
            {it.name}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Pin({ of, tries, attempt }: WayProps & { readonly of: PersonHere }) {
  const [pin, setPin] = useState('')
  const done = () => {
    setPin('')
    void attempt(() => gate.switchTo(of.id, pin))
  }
  return (
    <>
      <Tried last={tries.last} wrong={a.wrongPin} />
      <PinPad of={of.name} pin={pin} busy={tries.busy} change={setPin} done={done} />
    </>
  )
}

/** Without the server an entry is not lost: it is sent when its author has signed in. */
function Unchecked({ of, keep }: { readonly of: PersonHere; keep(it: PersonHere): void }) {
  return (
    <div class="unchecked">
      <p>{a.cannotCheck(of.name)}</p>
      <button type="button" class="main" data-act="keep-for" onClick={() => keep(of)}>
        {a.keepFor(of.name)}
      </button>
    </div>
  )
}
