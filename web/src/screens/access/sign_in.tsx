/** In the place of every screen while nobody is signed in. Browser tests read `main[data-sign-in]` (why). */
import { gate } from '../../access'
import type { Outbox } from '../../feed/outbox'
import { text, word } from '../../format/text'
import { waitingFor } from '../../model/outbox'
import '../../styles/access.css'
import { ByProvider } from './by_provider'
import { WhoAreYou } from './who'
import { a } from './words'

export function SignIn({ outbox }: { readonly outbox: Outbox }) {
  const { why } = gate.access
  return (
    <main class="access-page" data-sign-in={why ?? 'first'}>
      <form class="card" onSubmit={(event) => event.preventDefault()}>
        <h1>{a.signIn}</h1>
        {why !== undefined && (
          <p role="status">
            <strong>{word(a.why, why)}</strong>
          </p>
        )}
        <p class="hint">{a.signInDo}</p>
        <WhoAreYou done={() => undefined} />
        <ByProvider />
        <Waiting outbox={outbox} />
      </form>
    </main>
  )
}

/** What waits in this browser, and for whom: nobody has to wonder where it is. */
export function Waiting({ outbox }: { readonly outbox: Outbox }) {
  const waiting = [...waitingFor(outbox.queue, outbox.sender)]
  if (waiting.length === 0) return null
  return (
    <ul class="waiting-for">
      {waiting.map(([name, n]) => (
        <li key={name} data-waiting-for={name}>
          {text.session.unsentOf(n, name)}
        </li>
      ))}
    </ul>
  )
}
