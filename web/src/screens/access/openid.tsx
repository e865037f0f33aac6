/**
 * Back from the clinic's own provider of accounts. Browser tests read `main[data-openid]` (`waiting`, `code` or `failed`).
 */
import { useEffect, useState } from 'preact/hooks'
import { gate } from '../../access'
import { back, forgetBack } from '../../openid'
import { follow, go } from '../../route'
import '../../styles/access.css'
import { Asked } from './fields'
import { Tried, useTries } from './tries'
import { a } from './words'

export function OpenIdPage() {
  const { state, code } = back.value
  const tries = useTries()
  const [second, setSecond] = useState('')
  const finish = async (body: object) => {
    if ((await tries.run(() => gate.finishOpenId({ state, ...body }))).is !== 'in') return
    forgetBack()
    go({ at: 'wall' })
  }
  useEffect(() => {
    if (code !== '') void finish({ code })
  }, [code])
  const asksCode = tries.last?.is === 'code' || second !== ''
  const failed = code === '' || (tries.last !== undefined && !asksCode)
  const send = (event: Event) => {
    event.preventDefault()
    if (second.trim() !== '' && !tries.busy) void finish({ second: second.trim() })
  }
  return (
    <main class="access-page" data-openid={failed ? 'failed' : asksCode ? 'code' : 'waiting'}>
      <form class="card" onSubmit={send}>
        <h1>{a.signIn}</h1>
        {tries.busy && <p>{a.working}</p>}
        {code === '' && <p>{a.openIdNoCode}</p>}
        <Tried last={asksCode && tries.last?.is === 'code' ? undefined : tries.last} />
        {asksCode && (
          <>
            <Asked
              label={a.code}
              name="code"
              kind="code"
              fill="one-time-code"
              hint={a.codeDo}
              value={second}
              change={setSecond}
            />
            <button type="submit" class="main" disabled={tries.busy || second.trim() === ''}>
              {a.signIn}
            </button>
          </>
        )}
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {a.openIdAgain}
        </a>
      </form>
    </main>
  )
}
