/** Beside the trend: what can be entered, what has to be done, what was done, what the monitor says; or one question at a time. */
import { text } from '../../format/text'
import { ordered } from '../../model/chime'
import { unsent } from '../../model/outbox'
import type { Standing } from '../../model/standing'
import type { ChairState, State } from '../../model/state'
import { Notice } from '../../ui/notice'
import type { Bedside, Tab } from './bedside'
import { Enter, EntryPanel } from './enter'
import { Entries, Latest } from './entries'
import { Leaving } from './leaving'
import { OneLimit } from './limits'
import { SheetOf } from './sheets'
import { WhyPanel } from './why'

const t = text.session

/** Questions that need room: names side by side, a form, a table. */
const WIDE = ['start', 'conflict', 'effects', 'typed', 'help', 'limits', 'assess']

export const isWide = (at: Bedside): boolean => {
  if (at.sheet !== undefined) return WIDE.includes(at.sheet.is)
  return at.standing !== undefined && tabOf(at, at.standing) === 'checkIn'
}

export function Side({ at }: { readonly at: Bedside }) {
  const { sheet, standing } = at
  if (sheet?.is === 'entry') return <EntryPanel key={sheet.kind} at={at} kind={sheet.kind} />
  if (sheet?.is === 'why') return <WhyPanel at={at} ask={sheet.ask} />
  if (sheet !== undefined) return <SheetOf at={at} sheet={sheet} />
  if (standing === undefined) return <Relayed state={at.state} known={at.known} />
  return <Tabs at={at} stands={standing} />
}

const tabsOf = (phase: string): Tab[] => {
  if (phase === 'planned') return ['entries', 'notices']
  if (phase === 'checked in' || phase === 'baseline') return ['checkIn', 'enter', 'entries', 'notices']
  if (phase === 'observing' || phase === 'ready') return ['enter', 'leaving', 'entries', 'notices']
  return ['enter', 'entries', 'notices']
}

function tabOf(at: Bedside, { phase }: Standing): Tab {
  const tabs = tabsOf(phase)
  const first: Tab | undefined = phase === 'baseline' ? 'enter' : phase === 'ready' ? 'leaving' : tabs[0]
  return at.chosen !== undefined && tabs.includes(at.chosen) ? at.chosen : (first ?? 'entries')
}

function Tabs({ at, stands }: { readonly at: Bedside; readonly stands: Standing }) {
  const tab = tabOf(at, stands)
  const notices = (at.known.limitNotices?.length ?? 0) + at.known.notices.length
  const count: Partial<Record<Tab, number>> = { entries: unsent(at.queue, at.id).length, notices }
  return (
    <section class="side" aria-label={t.tabs}>
      <div class="tabs">
        {tabsOf(stands.phase).map((it) => (
          <button type="button" key={it} aria-pressed={tab === it} data-tab={it} onClick={() => at.tab(it)}>
            {t.tab[it]}
            {(count[it] ?? 0) > 0 && ` (${count[it]})`}
          </button>
        ))}
      </div>
      {tab === 'enter' && (
        <>
          <Enter at={at} />
          <Latest at={at} />
        </>
      )}
      {tab === 'checkIn' && <SheetOf at={at} sheet={{ is: 'checkIn' }} />}
      {tab === 'leaving' && <Leaving at={at} stands={stands} />}
      {tab === 'entries' && <Entries at={at} />}
      {tab === 'notices' && <Notices at={at} />}
    </section>
  )
}

function Notices({ at }: { readonly at: Bedside }) {
  const { clinic } = at.state
  return (
    <div class="all-notices">
      {clinic?.hasLimits === true && (
        <>
          <h3>{t.clinicNotices}</h3>
          {(at.known.limitNotices ?? []).length === 0 && <p class="hint">{t.noClinicNotices}</p>}
          {ordered(at.known.limitNotices ?? []).map((it) => (
            <OneLimit key={it.notice} at={at} notice={it} long />
          ))}
        </>
      )}
      <Relayed state={at.state} known={at.known} />
    </div>
  )
}

/** What the monitor says, in its own words. */
function Relayed({ state, known }: { readonly state: State; readonly known: ChairState }) {
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
