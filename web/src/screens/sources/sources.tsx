/**
 * Every source with its state, rates and what to do next; one of them with the bytes it sends. Browser tests read:
 * `[data-source]` (a row, by the id) with `data-link` (its state, or `unknown`), `[data-open]` (the source shown in full),
 * `[data-advice]`, and those of bytes.tsx.
 */
import { useState } from 'preact/hooks'
import '../../styles/sources.css'
import { text, word } from '../../format/text'
import { age, clockOrDay } from '../../format/time'
import { elapsedMs, type Instant } from '../../model/clock'
import type { State } from '../../model/state'
import { follow, go, write } from '../../route'
import { Clock, Life } from '../../ui/frame'
import { Icon } from '../../ui/icons'
import type { Moment, Source } from '../../wire/wire'
import { type Ask, SOURCES_PATH, sourcesOf } from './ask'
import { Bytes } from './bytes'
import { usePoll } from './poll'

/** Without an answer for so long, nothing on this page counts as the present any more. */
const STALE_MS = 4000

interface Answer {
  readonly sources: readonly Source[]
  readonly now: Moment
  readonly at: Instant
}

interface Props {
  readonly state: State
  readonly ask: Ask
  /** The source in the address, if one is there. */
  readonly open: string | undefined
}

export function Sources({ state, ask, open }: Props) {
  const [answer, setAnswer] = useState<Answer | undefined>()
  const [failed, setFailed] = useState('')
  usePoll(
    async (signal) => {
      try {
        const found = sourcesOf(await ask(SOURCES_PATH, signal))
        if (found === undefined) throw new Error(text.sourcesOddly)
        setAnswer({ ...found, at: { perfMs: performance.now(), dateMs: Date.now() } })
        setFailed('')
      } catch (error) {
        if (!(error instanceof DOMException && error.name === 'AbortError'))
          setFailed(error instanceof Error ? error.message : String(error))
      }
    },
    [ask],
  )
  const waited = answer === undefined ? 0 : elapsedMs(answer.at, state.now)
  const stale = waited > STALE_MS
  return (
    <>
      <header class="top">
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {text.back}
        </a>
        <h1>{text.sources}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <Clock state={state} />
        <a class="button" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
          {text.settings}
        </a>
      </header>
      <main class={stale ? 'sources stale' : 'sources'}>
        {answer === undefined ? (
          <p class="empty-screen">{failed === '' ? text.connecting : text.sourcesFailed(failed)}</p>
        ) : answer.sources.length === 0 ? (
          <p class="empty-screen">{text.noSources}</p>
        ) : (
          <Board state={state} answer={answer} stale={stale} ask={ask} open={open} />
        )}
      </main>
    </>
  )
}

/** What a row and the open source are shown with. */
interface Shown {
  readonly state: State
  readonly source: Source
  /** The answer is too old to be the present. */
  readonly stale: boolean
  /** Server time of the answer. */
  readonly nowUs: number
}

function Board({
  state,
  answer,
  stale,
  ask,
  open,
}: Omit<Props, 'state'> & { answer: Answer; stale: boolean; state: State }) {
  const { sources, now } = answer
  const shown = { state, stale, nowUs: now.wallUs }
  // Without one in the address: the first that needs somebody.
  const chosen = open ?? (sources.find((source) => !source.well) ?? sources[0])?.id
  const source = sources.find(({ id }) => id === chosen)
  return (
    <>
      {stale && (
        <p class="banner trouble" role="status">
          {text.sourcesStale(clockOrDay(now.wallUs, undefined, state.zone))}
        </p>
      )}
      <div class="board">
        <nav aria-label={text.sources}>
          <ul class="source-list">
            {sources.map((it) => (
              <Row key={it.id} {...shown} source={it} open={it.id === chosen} />
            ))}
          </ul>
        </nav>
        {source === undefined ? (
          <p class="empty-screen">{text.noSuchSource(chosen ?? '')}</p>
        ) : (
          <Detail key={source.id} {...shown} source={source} ask={ask} />
        )}
      </div>
    </>
  )
}

/** A shape for each state, so that no colour is needed. */
const ICONS: Record<string, string> = { live: 'live', silent: 'delayed', lost: 'lost' }

function Link({ source, stale }: { readonly source: Source; readonly stale: boolean }) {
  return (
    <span class="link-state">
      <Icon name={stale ? 'question' : (ICONS[source.state] ?? 'waiting')} />
      {stale ? text.unknownNow : word(text.link, source.state)}
    </span>
  )
}

const chairsOf = ({ state, source }: Pick<Shown, 'state' | 'source'>) =>
  source.chairs.map((id) => ({ id, name: state.roster?.chairs.find((chair) => chair.id === id)?.name ?? id }))

function Row({ open, ...shown }: Shown & { readonly open: boolean }) {
  const { source, stale } = shown
  const to = { at: 'sources', source: source.id } as const
  const chairs = chairsOf(shown).map(({ name }) => name)
  const ill = !stale && source.state !== 'live'
  return (
    <li data-source={source.id} data-link={stale ? 'unknown' : source.state}>
      <a
        class={`source-row${ill ? ' hatched' : ''}`}
        href={write(to)}
        aria-current={open ? 'true' : undefined}
        onClick={follow(() => go(to))}
      >
        <span class="source-head">
          <strong>{source.id}</strong>
          <Link source={source} stale={stale} />
        </span>
        <span class="muted">{[...chairs, briefly(shown)].filter((part) => part !== '').join(' · ')}</span>
      </a>
    </li>
  )
}

/** The one thing worth knowing from afar. */
function briefly({ state, source, stale, nowUs }: Shown): string {
  if (stale) return ''
  if (source.state !== 'live') return text.since(clockOrDay(source.sinceWallUs, nowUs, state.zone))
  return source.well ? text.framesPerS(perSecond(source.framesPerS)) : text.seeAdvice
}

/** Few digits: `0`, `0.3`, `12`, `1 240`. */
function perSecond(rate: number): string {
  if (rate === 0) return '0'
  return rate < 10 ? rate.toFixed(1) : number(Math.round(rate))
}

/** With thin blanks between thousands, which no language reads as a point and no line breaks at. */
const number = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f')

/** `0 %`, `0.03 %`, `12 %`; `some` says that it is not nothing, however small. */
function percent(share: number, some = false): string {
  const value = share * 100
  if (value === 0 && some) return text.tiny
  return `${value === 0 || value >= 10 ? Math.round(value) : value.toFixed(value < 1 ? 2 : 1)} %`
}

function Detail({ ask, ...shown }: Shown & { readonly ask: Ask }) {
  const { state, source, stale, nowUs } = shown
  const chairs = chairsOf(shown)
  return (
    <section class="detail" data-open={source.id} aria-label={source.id}>
      <div class="detail-head">
        <h2>{source.id}</h2>
        <Link source={source} stale={stale} />
        <span class="muted">
          {text.since(clockOrDay(source.sinceWallUs, nowUs, state.zone))}
          {!stale && ` (${age(Math.max(0, nowUs - source.sinceWallUs))})`}
        </span>
        <span class="spacer" />
        {chairs.map(({ id, name }) => (
          <a
            key={id}
            class="button"
            href={write({ at: 'live', chair: id })}
            onClick={follow(() => go({ at: 'live', chair: id }))}
          >
            {name}
          </a>
        ))}
      </div>
      <div class="advice" role="status">
        <p class="to-do" data-advice={source.well ? 'well' : 'do'}>
          <strong>{text.toDo}</strong> <Said words={source.advice} />
        </p>
        {source.state !== 'live' && (
          <p>
            <Said words={text.because(source.reason)} />
          </p>
        )}
        {source.lastRefusal !== undefined && (
          <p>
            <Said words={text.lastRefusal(source.lastRefusal)} />
          </p>
        )}
        {source.waitingBeds.length > 0 && (
          <p>
            {text.waitingBeds(source.waitingBeds.map((bed) => text.bed(bed)).join(', '))}{' '}
            <a class="button" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
              {text.settings}
            </a>
          </p>
        )}
      </div>
      <Facts {...shown} />
      <Bytes ask={ask} source={source} zone={state.zone} />
    </section>
  )
}

/** A sentence of the server; what stands between backticks is to be typed as it is. */
function Said({ words }: { readonly words: string }) {
  return <>{words.split('`').map((part, n) => (n % 2 === 0 ? part : <code key={n}>{part}</code>))}</>
}

function Facts({ state, source, nowUs }: Shown) {
  const { lastFrameWallUs, skippedShareLately: lately } = source
  const last =
    lastFrameWallUs === undefined
      ? text.never
      : `${clockOrDay(lastFrameWallUs, nowUs, state.zone)}, ${text.ageOf(age(source.lastFrameAgeUs))}`
  const facts: readonly [string, string][] = [
    [text.fact.last, last],
    [text.fact.now, text.rates(perSecond(source.bytesPerS), perSecond(source.framesPerS))],
    [
      text.fact.skipped,
      text.skipped(percent(source.skippedShare, source.skippedBytes > 0), number(source.skippedBytes)) +
        (lately === undefined || lately === 0 ? '' : `, ${text.skippedLately(percent(lately))}`),
    ],
    [text.fact.frames, text.framesOf(number(source.frames), number(source.faults), number(source.values))],
    [text.fact.opened, text.opened(number(source.connections), number(source.refusedPeers), number(source.requests))],
  ]
  return (
    <dl class="facts">
      <div class="reached">
        <dt>{text.fact.way}</dt>
        <dd>{[source.protocol, source.profile, source.way].filter((part) => part !== undefined).join(', ')}</dd>
      </div>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
