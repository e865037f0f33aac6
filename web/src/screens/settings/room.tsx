/**
 * Chairs and the monitors they are given. Browser tests read: `[data-chair-row]`, `[data-feed]` (`source bed`),
 * `[data-devices]` (a chair with several devices).
 */
import { useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import { age } from '../../format/time'
import { whole } from '../../format/value'
import type { Chair, Feed, FeedValues } from '../../wire/wire'
import { usePoll } from '../sources/poll'
import { assignFeed, lookAtFeed, nameChair, nextId } from './deeds'
import type { Doing } from './parts'

const NAME_MAX = 40

interface Props {
  readonly chairs: readonly Chair[]
  readonly feeds: readonly Feed[]
  readonly doing: Doing
}

/** Chairs in room order, and which monitor feeds which. */
export function Room({ chairs, feeds, doing }: Props) {
  const given = feeds.filter((feed) => feed.chair !== undefined)
  return (
    <>
      <div class="column">
        <Waiting feeds={feeds.filter((feed) => feed.chair === undefined)} chairs={chairs} doing={doing} />
        <Given feeds={given} chairs={chairs} doing={doing} />
      </div>
      <div class="column">
        <Chairs chairs={chairs} doing={doing} />
        <Devices feeds={given} chairs={chairs} />
      </div>
    </>
  )
}

const feedName = (feed: Feed) => `${feed.source}, ${text.bed(feed.bed)}`

function Waiting({ feeds, chairs, doing }: { feeds: readonly Feed[]; chairs: readonly Chair[]; doing: Doing }) {
  return (
    <section class="card">
      <h2>{text.feeds}</h2>
      {feeds.length === 0 ? (
        <>
          <p>{text.noFeeds}</p>
          <p class="hint">{text.noFeedsDo}</p>
        </>
      ) : (
        <p class="hint">{text.feedsDo}</p>
      )}
      <ul class="rows">
        {feeds.map((feed) => (
          <GiveRow key={`${feed.source}\u{1f}${feed.bed}`} feed={feed} chairs={chairs} doing={doing} />
        ))}
      </ul>
    </section>
  )
}

function GiveRow({ feed, chairs, doing }: { feed: Feed; chairs: readonly Chair[]; doing: Doing }) {
  const [chosen, choose] = useState('')
  const give = (event: Event) => {
    event.preventDefault()
    const chair = chairs.find((it) => it.id === chosen)
    if (chair === undefined) return
    const { source, bed } = feed
    void doing(() => assignFeed({ source, bed, chair: chair.id }, text.gave(feedName(feed), chair.name)))
  }
  return (
    <li data-feed={`${feed.source} ${feed.bed}`}>
      <form class="row" onSubmit={give}>
        <FeedName feed={feed} />
        <label>
          <span>{text.giveTo}</span>
          <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">{text.choose}</option>
            {chairs.map((chair) => (
              <option key={chair.id} value={chair.id}>
                {chair.name}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={chosen === ''}>
          {text.give}
        </button>
      </form>
      <Heard feed={feed} />
    </li>
  )
}

/** The feed's own numbers, so that nobody gives a chair the monitor of its neighbour: compare them with its display. */
function Heard({ feed }: { readonly feed: Feed }) {
  const [heard, setHeard] = useState<FeedValues | undefined>()
  const { source, bed } = feed
  usePoll(async (signal) => setHeard(await lookAtFeed({ source, bed }, signal)), [source, bed])
  const readings = (heard?.latest ?? []).filter((item) => item.is === 'reading')
  return (
    <p class="heard" data-heard={readings.length}>
      {heard === undefined || readings.length === 0 ? (
        <span class="muted">{text.clinic.heardNothing}</span>
      ) : (
        readings.map((reading) => (
          <span key={`${reading.vital} ${reading.origin} ${reading.site}`}>
            <span class="muted">{word(text.label, reading.vital)}</span> <span class="digits">{whole(reading)}</span>{' '}
            <span class="muted">{text.ageOf(age(heard.now.monoUs - reading.at.monoUs))}</span>
          </span>
        ))
      )}
    </p>
  )
}

function FeedName({ feed }: { readonly feed: Feed }) {
  return (
    <span class="feed-name">
      <strong>{text.bed(feed.bed)}</strong>
      <span class="muted">{feed.source}</span>
    </span>
  )
}

function Chairs({ chairs, doing }: { chairs: readonly Chair[]; doing: Doing }) {
  return (
    <section class="card">
      <h2>{text.chairs}</h2>
      <p class="hint">{text.chairsDo}</p>
      <ul class="rows">
        {chairs.map((chair) => (
          <NameRow key={`${chair.id} ${chair.name}`} id={chair.id} name={chair.name} action={text.save} doing={doing} />
        ))}
        <NameRow
          key={`new ${chairs.length}`}
          id={nextId(chairs.map(({ id }) => id))}
          name=""
          action={text.add}
          doing={doing}
        />
      </ul>
    </section>
  )
}

function NameRow({ id, name, action, doing }: { id: string; name: string; action: string; doing: Doing }) {
  const [typed, type] = useState(name)
  const trimmed = typed.trim()
  const fits = trimmed.length >= 1 && [...trimmed].length <= NAME_MAX
  const save = (event: Event) => {
    event.preventDefault()
    if (fits) void doing(() => nameChair(id, trimmed))
  }
  return (
    <li data-chair-row={id}>
      <form class="row" onSubmit={save}>
        <label class="grow">
          <span>{name === '' ? text.newChair : text.chairId(id)}</span>
          <input
            value={typed}
            maxLength={NAME_MAX}
            autocomplete="off"
            placeholder={text.chairName}
            aria-invalid={typed !== '' && !fits}
            onInput={(event) => type(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={!fits || trimmed === name}>
          {action}
        </button>
      </form>
      {typed !== '' && !fits && <p class="hint">{text.nameLength}</p>}
    </li>
  )
}

function Given({ feeds, chairs, doing }: { feeds: readonly Feed[]; chairs: readonly Chair[]; doing: Doing }) {
  const nameOf = (id: string | undefined) => chairs.find((chair) => chair.id === id)?.name ?? id ?? ''
  return (
    <section class="card">
      <h2>{text.assigned}</h2>
      {feeds.length === 0 && <p class="hint">{text.noAssigned}</p>}
      <ul class="rows">
        {feeds.map((feed) => (
          <li key={`${feed.source}\u{1f}${feed.bed}`} data-feed={`${feed.source} ${feed.bed}`} class="row">
            <FeedName feed={feed} />
            <span class="grow">{nameOf(feed.chair)}</span>
            {feed.fixed ? (
              <span class="muted">{text.fixed}</span>
            ) : (
              <button
                type="button"
                onClick={() =>
                  void doing(() => assignFeed({ source: feed.source, bed: feed.bed }, text.took(feedName(feed))))
                }
              >
                {text.takeAway}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The devices of each chair that has several, and the order in which its tiles take them. Read-only: it is configured. */
function Devices({ feeds, chairs }: { feeds: readonly Feed[]; chairs: readonly Chair[] }) {
  const shared = chairs.flatMap((chair) => {
    const here = new Set(feeds.filter((feed) => feed.chair === chair.id).map(({ source }) => source))
    return here.size > 1 ? [{ chair, here }] : []
  })
  if (shared.length === 0) return null
  return (
    <section class="card">
      <h2>{text.devices}</h2>
      <p class="hint">{text.devicesDo}</p>
      <ul class="rows">
        {shared.map(({ chair, here }) => (
          <li key={chair.id} data-devices={chair.id}>
            <strong>{chair.name}</strong>
            <dl class="orders">
              {(chair.prefer ?? []).map(({ vital, sources }) => (
                <div key={vital ?? ''}>
                  <dt>{orderName(chair, vital)}</dt>
                  <dd>
                    <ol>
                      {sources
                        .filter((source) => here.has(source))
                        .map((source) => (
                          <li key={source}>{source}</li>
                        ))}
                    </ol>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  )
}

const orderName = ({ prefer = [] }: Chair, vital: string | undefined) =>
  vital === undefined ? (prefer.length > 1 ? text.allOthers : text.allValues) : word(text.label, vital)
