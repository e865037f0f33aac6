/**
 * Beside the trend: what the monitor says while nobody has the chair; in a session what can be entered, has to be done and was
 * done, or one question at a time.
 */
import { text } from '../../format/text'
import type { Standing } from '../../model/standing'
import type { ChairState, State } from '../../model/state'
import { Notice } from '../../ui/notice'
import type { Bedside, Tab } from './bedside'
import { SheetOf } from './sheets'

/** Questions that need room: names side by side, a form, a table. */
const WIDE = ['start', 'conflict', 'effects', 'help']

export const isWide = (at: Bedside): boolean => {
  if (at.sheet !== undefined) return WIDE.includes(at.sheet.is)
  return at.standing !== undefined && tabOf(at, at.standing) === 'checkIn'
}

export function Side({ at }: { readonly at: Bedside }) {
  const { sheet, standing } = at
  if (sheet !== undefined) return <SheetOf at={at} sheet={sheet} />
  if (standing === undefined) return <Relayed state={at.state} known={at.known} />
  return <SheetOf at={at} sheet={{ is: 'tabs', stands: standing }} />
}

export const tabsOf = (phase: string): Tab[] => {
  if (phase === 'planned') return ['entries', 'notices']
  if (phase === 'checked in' || phase === 'baseline') return ['checkIn', 'enter', 'entries', 'notices']
  if (phase === 'observing' || phase === 'ready') return ['enter', 'leaving', 'entries', 'notices']
  return ['enter', 'entries', 'notices']
}

/** The tab that is open: the chosen one, else the first thing to do in this phase. */
export function tabOf(at: Bedside, { phase }: Standing): Tab {
  const tabs = tabsOf(phase)
  const first: Tab | undefined = phase === 'baseline' ? 'enter' : phase === 'ready' ? 'leaving' : tabs[0]
  return at.chosen !== undefined && tabs.includes(at.chosen) ? at.chosen : (first ?? 'entries')
}

/** What the monitor says, in its own words. */
export function Relayed({ state, known }: { readonly state: State; readonly known: ChairState }) {
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
