/**
 * One chair. Browser tests read: `main[data-chair]`, the tiles of src/ui/value.tsx, `[data-recorded]` in the header.
 */
import { Trend } from '../../charts/trend'
import type { Trends } from '../../feed/trend'
import { text, word } from '../../format/text'
import { clockOrDay } from '../../format/time'
import { whole } from '../../format/value'
import { sessionLine } from '../../model/session'
import type { ChairState, State } from '../../model/state'
import {
  chairWord,
  cuffPulseTile,
  heartTile,
  orderOf,
  otherTiles,
  pulseTile,
  recorded,
  troubles,
  vitalTile,
  wallUs,
} from '../../model/view'
import { follow, go, write } from '../../route'
import { Clock, Life, RecordedTo } from '../../ui/frame'
import { Icon } from '../../ui/icons'
import { Notice } from '../../ui/notice'
import { CompactTile, ValueTile } from '../../ui/value'
import { hintOf } from '../wall/wall'

interface Props {
  readonly state: State
  readonly trends: Trends
  readonly id: string
}

export function Live({ state, trends, id }: Props) {
  const chair = state.roster?.chairs.find((it) => it.id === id)
  const known = state.chairs.get(id)
  const is = chairWord(state, known)
  const hint = hintOf(is, known)
  return (
    <>
      <header class="top">
        <a class="button" href="/" onClick={follow(() => go({ at: 'wall' }))}>
          {text.back}
        </a>
        <h1>{chair?.name ?? id}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        {chair !== undefined && <RecordedTo recorded={recorded(state, known)} zone={state.zone} />}
        <Clock state={state} />
      </header>
      <main data-chair={id} data-word={is}>
        {state.roster === undefined ? (
          <p class="empty-screen">{text.connecting}</p>
        ) : chair === undefined ? (
          <p class="empty-screen">{text.noSuchChair(id)}</p>
        ) : known === undefined || is === 'loading' ? (
          <p class="empty-screen">{hint ?? text.chair.loading}</p>
        ) : (
          <div class="live">
            <SessionOf state={state} known={known} />
            {hint !== undefined && <p class="hint">{hint}</p>}
            <Tiles state={state} known={known} />
            {/* Below the tiles: a link that comes and goes moves no number. */}
            <Troubles known={known} state={state} />
            <div class="below">
              <TrendOf state={state} known={known} trends={trends} id={id} />
              <Notices state={state} known={known} />
            </div>
          </div>
        )}
      </main>
    </>
  )
}

/** Who has the chair, and since when. Whoever has no session is not named. */
function SessionOf({ state, known }: { readonly state: State; readonly known: ChairState }) {
  const line = sessionLine(state, known)
  if (line === undefined) return null
  return (
    <p class="session" data-session={line.id} data-phase={line.phase}>
      <strong>{line.patient}</strong> <span>{line.number}</span> <span>{line.phase}</span>
      {line.elapsed !== '' && <span class="digits">T+ {line.elapsed}</span>}
    </p>
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

function Tiles({ state, known }: { readonly state: State; readonly known: ChairState }) {
  const common = { zone: state.zone, nowUs: wallUs(state) }
  const heart = heartTile(state, known)
  const spo2 = vitalTile(state, known, 'spo2')
  const pulse = heart.vital === 'pulse_rate' ? undefined : pulseTile(state, known, spo2)
  const others = otherTiles(state, known)
  return (
    <>
      <div class="tiles">
        <ValueTile {...common} tile={heart} />
        <ValueTile {...common} tile={spo2}>
          {pulse !== undefined && pulse.state !== 'none' && (
            <div class={`second s-${pulse.state}`}>
              {word(text.label, pulse.label)} <span class="digits">{pulse.digits}</span>
              {pulse.doubtful && '?'}
              {pulse.reading?.source !== spo2.reading?.source && <span class="source"> {pulse.reading?.source}</span>}
            </div>
          )}
        </ValueTile>
        <Cuff state={state} known={known} />
        <ValueTile {...common} tile={vitalTile(state, known, 'resp_rate')} />
      </div>
      {others.length > 0 && (
        <div class="others">
          {others.map((tile) => (
            <CompactTile {...common} key={`${tile.vital} ${tile.site}`} tile={tile} />
          ))}
        </div>
      )}
    </>
  )
}

/** Cuff readings besides the one in large digits. */
const EARLIER = 3

function Cuff({ state, known }: { readonly state: State; readonly known: ChairState }) {
  const now = wallUs(state)
  const tile = vitalTile(state, known, 'nibp')
  const pulse = cuffPulseTile(state, known, tile)
  const shown = (tile.last ?? tile.reading)?.at.wallUs
  const several = new Set(known.cuffs.map((cuff) => cuff.source)).size > 1
  const earlier = known.cuffs.filter((cuff) => cuff.at.wallUs !== shown).slice(0, EARLIER)
  return (
    <ValueTile tile={tile} zone={state.zone} nowUs={now}>
      {pulse.state !== 'none' &&
        pulse.state !== 'lost' &&
        tile.last === undefined &&
        pulse.reading?.at.wallUs === shown && (
          <div class="second">
            <span class="digits">{text.pulseFromCuff(pulse.digits)}</span>
          </div>
        )}
      {earlier.length > 0 && (
        <ol class="earlier" aria-label={text.lastCuffs}>
          {earlier.map((cuff) => (
            <li key={cuff.seq}>
              <span class="muted">{clockOrDay(cuff.at.wallUs, now, state.zone)}</span> {whole(cuff)}
              {cuff.state === 'questionable' && ' ?'}
              {cuff.synthetic && ` ${text.demo}`}
              {several && <span class="muted"> {cuff.source}</span>}
            </li>
          ))}
        </ol>
      )}
    </ValueTile>
  )
}

function TrendOf({ state, known, trends, id }: Props & { readonly known: ChairState }) {
  const now = wallUs(state)
  return (
    <Trend
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

function Notices({ state, known }: { readonly state: State; readonly known: ChairState }) {
  return (
    <section class="notices" aria-label={text.notices}>
      <h2>{text.notices}</h2>
      {known.notices.length === 0 && <p class="hint">{text.noNotices}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable with the keyboard */}
      <ol aria-live="polite" tabIndex={0}>
        {known.notices.map((relayed) => (
          <li key={`${relayed.notice.source} ${relayed.notice.priority} ${relayed.notice.text}`}>
            <Notice relayed={relayed} zone={state.zone} long />
          </li>
        ))}
      </ol>
    </section>
  )
}
