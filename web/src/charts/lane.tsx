/**
 * Above the panels: the phases of the session, and what people entered. One stop of the Tab key; arrows go from one to the
 * next. The text shows on focus and on a tap. Browser tests read `[data-event]`, the number of entries under a button.
 */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { text, word } from '../format/text'
import { clock, minute } from '../format/time'
import { elapsed } from '../model/session'
import { type Cluster, clusters } from './clusters'
import type { EventKind, TrendEvent, TrendSession } from './session'
import { drawPhases, mountStrip, plotPx, type Scale, xOf } from './strip'

interface Props {
  readonly session: TrendSession
  readonly scale: Scale
  readonly zone: string
  /** Sequence of the first entry of the chosen button. */
  readonly chosen: number | undefined
  choose(seq: number | undefined, time?: number): void
}

/** Half the width of a button. */
const HALF_PX = 22
/** The card with the words is at most this wide. */
const CARD_PX = 340

export function Lane({ session, scale, zone, chosen, choose }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const all = clusters(session.events, plotPx(scale) / (scale.to - scale.from))
  const shown = all.filter(({ time }) => time >= scale.from && time <= scale.to)
  const open = shown.find(({ events: [first] }) => first?.seq === chosen)
  const tab = open ?? shown.at(-1)
  const seqOf = ({ events: [first] }: Cluster) => first?.seq
  const key = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (event.key === 'Escape' && open !== undefined) {
      // Esc closes the card and leaves the page where it is.
      event.preventDefault()
      choose(undefined)
    }
    if (step === 0) return
    event.preventDefault()
    event.stopPropagation()
    const at = shown.findIndex((it) => it === (open ?? tab)) + step
    host.current?.querySelectorAll('button')[Math.min(Math.max(at, 0), shown.length - 1)]?.focus()
  }
  return (
    <div class="lane" ref={host}>
      <Phases session={session} scale={scale} zone={zone} />
      {shown.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form
        <div role="group" aria-label={text.chart.entries} onKeyDown={key}>
          {shown.map((it) => (
            <button
              type="button"
              class="tick"
              key={seqOf(it)}
              data-event={it.events.length}
              tabIndex={it === tab ? 0 : -1}
              aria-label={spokenAll(it.events, session, zone)}
              style={{ left: `${xOf(scale, it.time) - HALF_PX}px` }}
              onFocus={() => choose(seqOf(it), it.time)}
              onClick={() => choose(seqOf(it), it.time)}
              onBlur={() => choose(undefined)}
            >
              <Glyph events={it.events} />
            </button>
          ))}
        </div>
      )}
      {open !== undefined && <Card cluster={open} scale={scale} session={session} zone={zone} />}
    </div>
  )
}

function Phases({ session, scale, zone }: Pick<Props, 'session' | 'scale' | 'zone'>) {
  const host = useRef<HTMLDivElement>(null)
  const draw = useRef<ReturnType<typeof mountStrip>>(undefined)
  useLayoutEffect(() => {
    if (host.current === null) return
    const left = new AbortController()
    draw.current = mountStrip(host.current, left.signal)
    return () => left.abort()
  }, [])
  useLayoutEffect(() => draw.current?.(drawPhases(scale, session.phases, text.session.phase)))
  const said = session.phases.map(({ phase, from }) =>
    text.chart.phaseFrom(word(text.session.phase, phase), minute(from * 1e6, zone)),
  )
  return <div class="phase-strip strip" ref={host} role="img" aria-label={text.chart.phasesSay(said.join(', '))} />
}

function spokenAll(events: readonly TrendEvent[], session: TrendSession, zone: string): string {
  const says = events.map((event) => spoken(event, session, zone)).join('. ')
  return events.length === 1 ? says : text.chart.several(events.length, says)
}

/** `10:42:05, T+ 0:12:03: Nausea 2`. */
function spoken(event: TrendEvent, { t0 }: TrendSession, zone: string): string {
  return `${when(event.time, t0, zone)}: ${event.says}`
}

function when(time: number, t0: number | undefined, zone: string): string {
  const since = t0 === undefined || time < t0 ? '' : `, ${text.chart.sinceStart(elapsed((time - t0) * 1e6))}`
  return clock(time * 1e6, zone) + since
}

const GLYPHS: Readonly<Record<EventKind, string>> = {
  drug: 'M8 1.5v13M1.5 8h13',
  effect: 'M8 1 15 8 8 15 1 8Z',
  score: 'M2.5 2.5h11v11h-11Z',
  note: 'M8 2a6 6 0 1 0 .01 0Z',
  typed: 'M2.5 2.5h11v11h-11ZM7 7h2v2H7Z',
}

/** The kind of one entry, the number of several. */
function Glyph({ events }: { readonly events: readonly TrendEvent[] }) {
  const [first] = events
  if (events.length > 1 || first === undefined) return <span class="several">{events.length}</span>
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={GLYPHS[first.kind]} />
    </svg>
  )
}

/** The words of the chosen entries; a screen reader has them from the button. */
function Card(props: { cluster: Cluster; scale: Scale; session: TrendSession; zone: string }) {
  const { cluster, scale, session, zone } = props
  const left = Math.max(0, Math.min(xOf(scale, cluster.time) - CARD_PX / 2, scale.widthPx - CARD_PX))
  return (
    <div class="event-card" aria-hidden="true" style={{ left: `${left}px` }}>
      {cluster.events.map((event) => (
        <p key={event.seq}>
          <span class="muted">{when(event.time, session.t0, zone)}</span> {event.says}
        </p>
      ))}
    </div>
  )
}
