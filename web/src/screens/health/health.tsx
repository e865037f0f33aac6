/**
 * How the server is, in words. Browser tests read: `[data-finding]` (its subject) with `data-mark`
 * (`well look wrong`).
 */
import { useState } from 'preact/hooks'
import '../../styles/health.css'
import { text } from '../../format/text'
import { clockOrDay } from '../../format/time'
import { elapsedMs, type Instant } from '../../model/clock'
import type { State } from '../../model/state'
import { follow, go } from '../../route'
import { Clock, Life } from '../../ui/frame'
import type { HealthPage } from '../../wire/wire'
import type { Ask } from '../sources/ask'
import { usePoll } from '../sources/poll'
import { HEALTH_PATH, healthOf } from './ask'
import { type Finding, findings } from './findings'
import { h } from './words'

/** Without an answer for so long, nothing on this page counts as the present any more. */
const STALE_MS = 5000

interface Answer {
  readonly page: HealthPage
  readonly at: Instant
}

export function Health({ state, ask }: { readonly state: State; readonly ask: Ask }) {
  const [answer, setAnswer] = useState<Answer | undefined>()
  const [failed, setFailed] = useState('')
  usePoll(
    async (signal) => {
      try {
        const page = healthOf(await ask(HEALTH_PATH, signal))
        if (page === undefined) throw new Error(h.oddly)
        setAnswer({ page, at: { perfMs: performance.now(), dateMs: Date.now() } })
        setFailed('')
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError'))
          setFailed(error instanceof Error ? error.message : String(error))
      }
    },
    [ask],
  )
  const zone = state.zone
  const stale = answer !== undefined && elapsedMs(answer.at, state.now) > STALE_MS
  return (
    <>
      <header class="top">
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {text.back}
        </a>
        <h1>{h.title}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <Clock state={state} />
        <a class="button" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
          {text.settings}
        </a>
      </header>
      <main class={stale ? 'health stale' : 'health'}>
        {answer === undefined ? (
          <p class="empty-screen">{failed === '' ? text.connecting : h.failed(failed)}</p>
        ) : (
          <>
            {stale && <p role="status">{h.stale(clockOrDay(answer.page.now.wallUs, undefined, zone))}</p>}
            <ul class="findings">
              {findings(answer.page, zone).map((finding) => (
                <Row key={finding.of} {...finding} />
              ))}
            </ul>
          </>
        )}
      </main>
    </>
  )
}

/** The mark is a word and a border as well as a colour. */
function Row({ of, title, mark, lines }: Finding) {
  return (
    <li class={`finding m-${mark}`} data-finding={of} data-mark={mark}>
      <h2>
        {title} <span class="mark">{h.states[mark]}</span>
      </h2>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {of === 'ehr' && (
        <a href="/ehr" onClick={follow(() => go({ at: 'ehr' }))}>
          {h.queueOpen}
        </a>
      )}
    </li>
  )
}
