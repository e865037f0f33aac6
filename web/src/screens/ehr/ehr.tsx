/**
 * What waits for the EHR, what it refused and what it took. Browser tests read: `[data-ehr]` (`waiting none idle`),
 * `[data-waits]` and `[data-refused]` (the session, one a message), `[data-sent]` (how many the EHR took).
 */
import { useState } from 'preact/hooks'
import '../../styles/health.css'
import '../../styles/ehr.css'
import { text, word } from '../../format/text'
import { clockOrDay } from '../../format/time'
import { elapsedMs, type Instant } from '../../model/clock'
import type { State } from '../../model/state'
import { follow, go } from '../../route'
import { Clock, Life } from '../../ui/frame'
import type { EhrPage } from '../../wire/wire'
import type { Ask } from '../sources/ask'
import { usePoll } from '../sources/poll'
import { EHR_PATH, ehrOf } from './ask'
import { e } from './words'

/** Without an answer for so long, nothing on this page counts as the present any more. */
const STALE_MS = 5000

interface Answer {
  readonly page: EhrPage
  readonly at: Instant
}

export function Ehr({ state, ask }: { readonly state: State; readonly ask: Ask }) {
  const [answer, setAnswer] = useState<Answer | undefined>()
  const [failed, setFailed] = useState('')
  usePoll(
    async (signal) => {
      try {
        const page = ehrOf(await ask(EHR_PATH, signal))
        if (page === undefined) throw new Error(e.oddly)
        setAnswer({ page, at: { perfMs: performance.now(), dateMs: Date.now() } })
        setFailed('')
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError'))
          setFailed(error instanceof Error ? error.message : String(error))
      }
    },
    [ask],
  )
  const stale = answer !== undefined && elapsedMs(answer.at, state.now) > STALE_MS
  return (
    <>
      <header class="top">
        <a class="button" href="/health" onClick={follow(() => go({ at: 'health' }))}>
          {text.toHealth}
        </a>
        <h1>{e.title}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <Clock state={state} />
      </header>
      <main class={stale ? 'health ehr stale' : 'health ehr'}>
        {answer === undefined ? (
          <p class="empty-screen">{failed === '' ? text.connecting : e.failed(failed)}</p>
        ) : (
          <>
            {stale && <p role="status">{e.stale(clockOrDay(answer.page.now.wallUs, undefined, state.zone))}</p>}
            <Page page={answer.page} zone={state.zone} />
          </>
        )}
      </main>
    </>
  )
}

interface Part {
  readonly page: EhrPage
  readonly zone: string
}

const kindOf = (kind: string) => `${word(e.kinds, kind)} (${kind})`

function Page({ page, zone }: Part) {
  if (page.way === undefined) return <p data-ehr="none">{e.none}</p>
  const { way, lastSent } = page
  return (
    <div class="findings" data-ehr={page.waitingAll > 0 ? 'waiting' : 'idle'} data-sent={page.sent}>
      <section class="finding">
        <h2>{e.way}</h2>
        <p>{way.tls ? e.wayTls(way.to) : e.wayOpen(way.to)}</p>
        <p>{e.sentCount(page.sent)}</p>
        {lastSent && (
          <p>
            {e.sentLast(kindOf(lastSent.kind), lastSent.session, clockOrDay(lastSent.atWallUs, page.now.wallUs, zone))}
          </p>
        )}
      </section>
      <Waiting page={page} zone={zone} />
      <Refused page={page} zone={zone} />
    </div>
  )
}

function Waiting({ page, zone }: Part) {
  const at = (wallUs: number) => clockOrDay(wallUs, page.now.wallUs, zone)
  const { nextWallUs, trouble } = page
  return (
    <section class={`finding ${trouble === undefined ? '' : 'm-look'}`}>
      <h2>{e.waiting}</h2>
      <p>{page.waitingAll === 0 ? e.waitingNone : e.waitingCount(page.waitingAll)}</p>
      {trouble !== undefined && <p data-trouble>{e.why(trouble)}</p>}
      {page.tries > 0 && <p data-tries={page.tries}>{e.tries(page.tries)}</p>}
      {page.waitingAll > 0 && <p>{nextWallUs === undefined ? e.now : e.next(at(nextWallUs))}</p>}
      {page.waiting.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{e.session}</th>
              <th scope="col">{e.kind}</th>
              <th scope="col">{e.since}</th>
            </tr>
          </thead>
          <tbody>
            {page.waiting.map((it) => (
              <tr key={`${it.session} ${it.kind} ${it.sinceWallUs}`} data-waits={it.session}>
                <td>{it.session}</td>
                <td>{kindOf(it.kind)}</td>
                <td>{at(it.sinceWallUs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <More count={page.waitingAll - page.waiting.length} />
    </section>
  )
}

function Refused({ page, zone }: Part) {
  return (
    <section class={`finding ${page.refusedAll === 0 ? '' : 'm-look'}`}>
      <h2>{e.refused}</h2>
      <p>{page.refusedAll === 0 ? e.refusedNone : e.refusedHow}</p>
      {page.refused.map((it) => (
        <dl key={it.name} data-refused={it.session}>
          <dt>{e.session}</dt>
          <dd>
            {it.session}, {kindOf(it.kind)}
          </dd>
          <dt>{e.since}</dt>
          <dd>{clockOrDay(it.sinceWallUs, page.now.wallUs, zone)}</dd>
          <dt>{e.answer}</dt>
          <dd>{it.why}</dd>
          <dt>{e.file}</dt>
          <dd>{it.name}.hl7</dd>
        </dl>
      ))}
      <More count={page.refusedAll - page.refused.length} />
    </section>
  )
}

function More({ count }: { readonly count: number }) {
  return count > 0 ? <p>{e.more(count)}</p> : null
}
