/** Who looks: every page of a record asks it once, for the record says who opened it. The same person as at the chairs. */
import { useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import type { State } from '../../model/state'
import { AccountLink } from '../../ui/lock'
import { namesAreTyped, person, setPerson } from '../../ui/person'
import type { Person } from '../../wire/wire'
import { People, TypedPerson } from '../live/sheets/person'
import { r } from './words'

/** The button that says who looks, and lets somebody else be chosen. */
export function Who({ state }: { readonly state: State }) {
  return namesAreTyped.value ? <TypedWho state={state} /> : <AccountLink />
}

function TypedWho({ state }: { readonly state: State }) {
  const [open, setOpen] = useState(false)
  const me = person.value
  return (
    <span class="who-am-i">
      <button
        type="button"
        class="chip"
        data-person={me?.name ?? ''}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !open) return
          event.preventDefault()
          setOpen(false)
        }}
      >
        {me === undefined ? text.session.nobodyPresses : text.session.by(me.name, word(text.clinic.roles, me.role))}
      </button>
      {open && (
        <div class="drop card">
          <Choose state={state} chosen={() => setOpen(false)} />
        </div>
      )}
    </span>
  )
}

function Choose({ state, chosen }: { readonly state: State; chosen?(): void }) {
  const become = (it: Person) => {
    setPerson(it)
    chosen?.()
  }
  return (
    <>
      <p class="hint">{r.whoDo}</p>
      <People people={state.clinic?.staff ?? []} chosen={person.value} choose={become} />
      <TypedPerson choose={become} />
    </>
  )
}

/** In the place of a record until somebody said who it is; an account that opens none is told so. */
export function Ask({ state }: { readonly state: State }) {
  if (!namesAreTyped.value) return <p class="empty-screen">{text.noRight}</p>
  return (
    <section class="card ask-who" data-ask-who>
      <h2>{r.whoAreYou}</h2>
      <Choose state={state} />
    </section>
  )
}
