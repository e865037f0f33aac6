/**
 * One chair: who has it, what is measured, what is due, what is entered. Browser tests read: `main[data-chair]`, the tiles of
 * src/ui/value.tsx, `[data-recorded]` in the header, `[data-unsent]`, `[data-person]`, `[data-sound]`.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { gate, may } from '../../access'
import type { Outbox } from '../../feed/outbox'
import type { Sequences } from '../../feed/sequences'
import type { Trends } from '../../feed/trend'
import { text, word } from '../../format/text'
import { clockOrDay } from '../../format/time'
import { unsent, waitingFor } from '../../model/outbox'
import type { ChairState, State } from '../../model/state'
import { chairWord, isTesting, orderOf, recorded, troubles, wallUs } from '../../model/view'
import { follow, go, write } from '../../route'
import { Clock, Life, RecordedTo } from '../../ui/frame'
import { Icon } from '../../ui/icons'
import { lazy } from '../../ui/lazy'
import { LockButton } from '../../ui/lock'
import { person } from '../../ui/person'
import { sound, tapSound } from '../../ui/sound'
import type { Person } from '../../wire/wire'
import { hintOf } from '../wall/face'
import { clearChair } from './ask'
import { type Bedside, useBedside } from './bedside'
import { Conflicts } from './feeds'
import { Head } from './head'
import { isTyping, pressKey } from './keys'
import { NoticesNow } from './limits'
import { loadSheets } from './sheets'
import { isWide, Side } from './side'
import { Others, Tiles } from './tiles'

const t = text.session

interface Props {
  readonly state: State
  readonly trends: Trends
  readonly id: string
}

/** The numbers do not wait for the picture: the chart comes in a chunk of its own, right after them. */
const Chart = lazy(
  async () => (await import('../../charts/trend')).Trend,
  () => <p class="hint">{text.loadingScreen}</p>,
)

export interface LiveProps extends Props {
  readonly outbox: Outbox
  readonly sequences: Sequences
}

export function Live(props: LiveProps) {
  const { state, id } = props
  const chair = state.roster?.chairs.find((it) => it.id === id)
  const known = state.chairs.get(id)
  const is = chairWord(state, known)
  if (chair !== undefined && known !== undefined && is !== 'loading') return <Chair {...props} known={known} />
  return (
    <>
      <header class="top">
        <ToWall />
        <h1>{chair?.name ?? id}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        {chair !== undefined && <RecordedTo recorded={recorded(state, known)} zone={state.zone} />}
        <Clock state={state} />
      </header>
      <main data-chair={id} data-word={is}>
        <p class="empty-screen">
          {state.roster === undefined
            ? text.connecting
            : chair === undefined
              ? text.noSuchChair(id)
              : (hintOf(is, known) ?? text.chair.loading)}
        </p>
      </main>
    </>
  )
}

function ToWall() {
  return (
    <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
      {text.back}
    </a>
  )
}

function Chair(props: LiveProps & { readonly known: ChairState }) {
  const { state, trends, id, known } = props
  const at = useBedside(props, known)
  useKeys(at)
  // Forms are there before they are needed: without the server they could not come.
  useEffect(() => loadSheets(), [])
  const is = chairWord(state, known)
  const hint = hintOf(is, known)
  const { standing } = at
  return (
    <>
      <Top at={at} />
      <main data-chair={id} data-word={is}>
        <div class={standing === undefined ? 'live' : 'live in-session'}>
          {standing === undefined ? <Nobody at={at} /> : <Head at={at} stands={standing} />}
          {hint !== undefined && <p class="hint">{hint}</p>}
          <Tiles at={at} />
          {standing === undefined && <Others at={at} />}
          <div class={`below${isWide(at) ? ' wide' : ''}`} data-sheet-open={at.sheet?.is}>
            <div class="middle">
              {/* Below the tiles: what comes and goes moves no number. */}
              {standing !== undefined && <Others at={at} />}
              <NoticesNow at={at} />
              <Conflicts at={at} />
              <Troubles known={known} state={state} />
              <TrendOf state={state} known={known} trends={trends} id={id} />
            </div>
            <Side at={at} />
          </div>
        </div>
      </main>
    </>
  )
}

/** The keys of this chair; those of the page (Esc to the wall, 1 to 9) come after them. */
function useKeys(at: Bedside): void {
  const newest = useRef(at)
  newest.current = at
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      // Esc closes a panel also from within a field.
      if (isTyping(event.target) && event.key !== 'Escape') return
      if (pressKey(newest.current, event.key)) event.preventDefault()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function Top({ at }: { readonly at: Bedside }) {
  const { state, known, id } = at
  const me = person.value
  const locked = gate.standing === 'locked'
  return (
    <header class="top chair-top" data-test={isTesting(state, id) || undefined}>
      <ToWall />
      <h1>{state.roster?.chairs.find((it) => it.id === id)?.name ?? id}</h1>
      {isTesting(state, id) && <strong class="demo-word">{text.testMode}</strong>}
      {may('records') && (
        <a class="button" href="/sessions" onClick={follow(() => go({ at: 'sessions' }))}>
          {text.sessions}
        </a>
      )}
      <Life frames={state.frames} />
      <span class="spacer" />
      <Unsent at={at} />
      <button type="button" class="chip" data-person={me?.name ?? ''} onClick={() => at.show({ is: 'person' })}>
        {locked ? text.locked : me === undefined ? t.nobodyPresses : t.by(me.name, word(text.clinic.roles, me.role))}
      </button>
      {gate.standing === 'in' && <LockButton />}
      {state.clinic?.hasLimits === true && (
        <button type="button" class="chip" data-sound={sound.value} onClick={() => void tapSound()}>
          {t.sound[sound.value]}
        </button>
      )}
      <button type="button" aria-label={t.help} onClick={() => at.show({ is: 'help' })}>
        ?
      </button>
      <RecordedTo recorded={recorded(state, known)} zone={state.zone} />
      <Clock state={state} />
    </header>
  )
}

/** What was pressed here and is not on disk: counted as long as there is any. */
function Unsent({ at }: { readonly at: Bedside }) {
  const here = unsent(at.queue, at.id).length
  const others = unsent(at.queue).length - here
  // Under a lock everything waits; who for is said once somebody else is here.
  const { sender } = at.outbox
  const theirs = sender.is === 'one' ? [...waitingFor(at.queue, sender)] : []
  const { kept, unreadable } = at.outbox
  if (here + others + unreadable === 0) return null
  return (
    <button type="button" class="chip unsent" data-unsent={here} onClick={() => at.tab('entries')}>
      <span role="status">
        {here > 0 && t.unsent(here)}
        {others > 0 && ` ${t.unsentElsewhere(others)}`}
        {theirs.map(([name, n]) => (
          <span key={name} class="entry-more" data-waiting-for={name}>
            {t.unsentOf(n, name)}
          </span>
        ))}
        {!kept && here + others > 0 && <span class="entry-more">{t.notKept}</span>}
        {unreadable > 0 && <span class="entry-more">{t.unreadable(unreadable)}</span>}
      </span>
    </button>
  )
}

/** A chair without a session: nobody is named. */
function Nobody({ at }: { readonly at: Bedside }) {
  const [says, setSays] = useState<string>()
  const waits = at.known.session !== undefined && !at.known.cleared
  const clear = async (by: Person | undefined) => {
    if (by === undefined) at.show({ is: 'person', answer: (chosen) => void clear(chosen) })
    else setSays(await clearChair(at.id, by))
  }
  const refused = at.queue.filter((it) => it.chair === at.id && it.is === 'refused')
  return (
    <section class="nobody" data-nobody={at.opening ? 'opening' : waits ? 'not-cleared' : 'free'}>
      <span class="grow">
        {at.opening ? t.opening : waits ? t.notCleared : t.nobody}
        {says !== undefined && <span class="wrong entry-more">{says}</span>}
        {refused.map((it) => (
          <span key={it.key} class="refusal entry-more" data-line="refused">
            {t.refused(it.sentence ?? '')}{' '}
            <button type="button" onClick={() => void at.outbox.drop(it.key)}>
              {t.drop}
            </button>
          </span>
        ))}
      </span>
      {waits && !at.opening && (
        <button type="button" class="main" data-act="clear" onClick={() => void clear(person.value)}>
          {t.clear}
        </button>
      )}
      {!at.opening && (
        <button type="button" class="main" data-act="new" onClick={() => at.show({ is: 'start' })}>
          {t.newSession}
        </button>
      )}
    </section>
  )
}

function Troubles({ state, known }: { readonly state: State; readonly known: ChairState }) {
  return (
    <>
      {troubles(known).map((link) => (
        <p key={link.source} class="trouble" data-trouble={link.source}>
          <Icon name="lost" />
          <span>
            {text.linkTrouble(
              link.source,
              word(text.link, link.state),
              clockOrDay(link.since.wallUs, wallUs(state), state.zone),
              link.reason,
            )}
          </span>
          <ToSource source={link.source} />
        </p>
      ))}
    </>
  )
}

/** To what is known of a source, and what to do about it. */
function ToSource({ source }: { readonly source: string }) {
  const to = { at: 'sources', source } as const
  return (
    <a class="button to-source" href={write(to)} onClick={follow(() => go(to))} aria-label={text.whatToDoAt(source)}>
      {text.whatToDo}
    </a>
  )
}

function TrendOf({ state, known, trends, id }: Props & { readonly known: ChairState }) {
  const now = wallUs(state)
  return (
    <Chart
      trends={trends}
      chair={id}
      session={known.session}
      nowS={now === undefined ? undefined : now / 1e6}
      zone={state.zone}
      everyUs={(source) => known.everyUs.get(source) ?? 0}
      order={(vital) => orderOf(state, id, vital)}
    />
  )
}
