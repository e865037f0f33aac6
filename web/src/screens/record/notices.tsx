/** Notices as they stood, what the monitors said, links, devices and gaps: all of it, with the time it stood. */
import { text, word } from '../../format/text'
import { clock, countdown } from '../../format/time'
import { reason } from '../../format/value'
import { Icon } from '../../ui/icons'
import { LOOKS } from '../../ui/notice'
import type { RecordLimit, RecordNote } from '../../wire/wire'
import type { Page } from './page'
import { noticeName } from './say'
import { sinceText } from './when'
import { r } from './words'

/** A time that leads to its place in the chart. */
export function At({ page, us }: { readonly page: Page; readonly us: number }) {
  const { session, zone } = page.record
  const since = sinceText(us, session.started?.wallUs)
  return (
    <button type="button" class="number-link plain" title={r.showInChart} onClick={() => page.look(us)}>
      {clock(us, zone)}
      {since !== '' && <span class="muted"> T+ {since}</span>}
    </button>
  )
}

function Heads({ names }: { readonly names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th scope="col" key={name}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}

export function Notices({ page }: { readonly page: Page }) {
  const { limits, notes } = page.record
  const monitors = notes.filter(({ kind }) => kind === 'monitor')
  return (
    <>
      <h3>{r.limitNotices}</h3>
      {limits.length === 0 ? (
        <p class="hint">{r.noLimitNotices}</p>
      ) : (
        <table class="lines">
          <Heads names={[r.time, r.notice, r.value, r.limit, r.until, r.seenBy]} />
          <tbody>
            {limits.map((it) => (
              <Limit key={it.seq} it={it} page={page} />
            ))}
          </tbody>
        </table>
      )}
      <h3>{text.notices}</h3>
      {monitors.length === 0 ? (
        <p class="hint">{r.noMonitorNotices}</p>
      ) : (
        <table class="lines">
          <Heads names={[r.time, r.priority, r.what, r.source]} />
          <tbody>
            {monitors.map((it) => (
              <Note key={it.seq} it={it} page={page} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Limit({ it, page }: { readonly it: RecordLimit; readonly page: Page }) {
  const { zone } = page.record
  const look = it.level === 'urgent' ? LOOKS.high : LOOKS.medium
  return (
    <tr data-limit={it.notice}>
      <td>
        <At page={page} us={it.raised.wallUs} />
      </td>
      <td>
        <span class={`sign-mark notice ${look?.look ?? 'info'}`}>
          <Icon name={look?.shape ?? 'circle'} /> {word(r.level, it.level)}
        </span>{' '}
        {noticeName(it.notice)}
      </td>
      <td>
        <button type="button" class="number-link" title={r.whereFrom} onClick={() => page.trace(it.seq)}>
          {it.value}
        </button>
      </td>
      <td>
        {it.limit}
        {it.own && <span class="muted"> {r.ownLimit}</span>}
      </td>
      <td>
        {it.over === undefined ? (
          r.toTheEnd
        ) : (
          <>
            {clock(it.over.wallUs, zone)}
            <span class="muted">
              {' '}
              {countdown(it.over.wallUs - it.raised.wallUs)}
              {it.end !== undefined && `, ${it.end}`}
            </span>
          </>
        )}
      </td>
      <td>
        {it.seenBy === undefined ? (
          <span class="muted">{r.nobodySaw}</span>
        ) : (
          `${it.seenBy.name}${it.seen === undefined ? '' : `, ${clock(it.seen.wallUs, zone)}`}`
        )}
      </td>
    </tr>
  )
}

function Note({ it, page }: { readonly it: RecordNote; readonly page: Page }) {
  return (
    <tr data-note={it.kind}>
      <td>
        <At page={page} us={it.at.wallUs} />
      </td>
      <td>{word(it.kind === 'link' ? text.link : text.priority, it.word)}</td>
      <td>{it.kind === 'link' ? it.text : text.monitorSays(it.text)}</td>
      <td>{it.source}</td>
    </tr>
  )
}

/** Reasons as the server lists them, parted by commas. */
const whyText = (why: string): string =>
  why
    .split(', ')
    .map((it) => (it === 'nothing sent' ? r.nothingSent : reason(it)))
    .join(', ')

/** What the values came from, what happened to the way they came, and where there were none. */
export function Devices({ page }: { readonly page: Page }) {
  const { sources, notes, gaps } = page.record
  const links = notes.filter(({ kind }) => kind === 'link')
  return (
    <>
      <h3>{r.devices}</h3>
      <table class="lines">
        <Heads names={[r.source, r.device, r.adapter]} />
        <tbody>
          {sources.map((it) => (
            <tr key={it.source} data-device={it.source}>
              <td>{it.source}</td>
              <td>{it.words || <span class="muted">{r.deviceSilent}</span>}</td>
              <td>{it.adapter || <span class="muted">{r.noAdapter}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{r.gaps}</h3>
      {gaps.length === 0 ? (
        <p class="hint">{r.noGaps}</p>
      ) : (
        <table class="lines">
          <Heads names={[r.from, r.to, r.long, r.vital, r.why, r.source]} />
          <tbody>
            {gaps.map((it) => (
              <tr key={`${it.vital} ${it.source} ${it.from.wallUs}`} data-gap={it.vital}>
                <td>
                  <At page={page} us={it.from.wallUs} />
                </td>
                <td>
                  <At page={page} us={it.to.wallUs} />
                </td>
                <td>{countdown(it.to.wallUs - it.from.wallUs)}</td>
                <td>{word(text.label, it.vital)}</td>
                <td>{whyText(it.why)}</td>
                <td>{it.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h3>{r.links}</h3>
      {links.length === 0 ? (
        <p class="hint">{r.noLinks}</p>
      ) : (
        <table class="lines">
          <Heads names={[r.time, r.state, r.what, r.source]} />
          <tbody>
            {links.map((it) => (
              <Note key={it.seq} it={it} page={page} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
