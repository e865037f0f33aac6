/** Leaving: what has not reached the server is said first. Browser tests read `[data-act="sign-out"]`, `[data-unsent-mine]`. */
import { useState } from 'preact/hooks'
import { gate } from '../../access'
import type { Outbox } from '../../feed/outbox'
import { isOf, unsent } from '../../model/outbox'
import { a } from './words'

interface Props {
  readonly outbox: Outbox
  readonly everywhere?: boolean
}

export function SignOut({ outbox, everywhere = false }: Props) {
  const [asking, setAsking] = useState(false)
  const [wrong, setWrong] = useState('')
  const mine = unsent(outbox.queue).filter((it) => isOf(it, outbox.sender)).length
  const leave = async () => {
    setWrong('')
    if (await gate.signOut(everywhere)) return
    // At least nobody else enters anything here in this name.
    gate.lock()
    setWrong(a.notSignedOut)
  }
  return (
    <>
      <button
        type="button"
        data-act={everywhere ? 'sign-out-everywhere' : 'sign-out'}
        onClick={() => (mine > 0 ? setAsking(true) : void leave())}
      >
        {everywhere ? a.signOutEverywhere : a.signOut}
      </button>
      {asking && mine > 0 && (
        <div class="told" role="alert" data-unsent-mine={mine}>
          <p>{a.stillUnsent(mine)}</p>
          <div class="row">
            <button type="button" onClick={() => setAsking(false)}>
              {a.stay}
            </button>
            <button type="button" data-act="sign-out-anyway" onClick={() => void leave()}>
              {a.signOutAnyway}
            </button>
          </div>
        </div>
      )}
      {wrong !== '' && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </>
  )
}
