/**
 * The clinic's own notices that stand now (L8, 9.2, 9.8): shape, sign, words, how long, who saw it. They are never called what the
 * bedside monitor's are. Browser tests read `[data-limit]` (the kind), `data-level`, `data-seen`.
 */
import { useEffect, useRef } from 'preact/hooks'
import { text, word } from '../../format/text'
import { minute } from '../../format/time'
import { chimeNow, isOpen, ordered, type Sounded } from '../../model/chime'
import { countdown } from '../../model/due'
import { freshNotice } from '../../model/view'
import { Icon } from '../../ui/icons'
import { Notice } from '../../ui/notice'
import { play } from '../../ui/sound'
import type { LimitNotice } from '../../wire/wire'
import type { Bedside } from './bedside'

const t = text.session

/** Lines in view above the trend; the list has all. */
const SHOWN = 3

const LOOKS: Record<string, { readonly shape: string; readonly sign: string }> = {
  urgent: { shape: 'octagon', sign: '!!!' },
  look: { shape: 'triangle', sign: '!!' },
}

/** What stands now: the clinic's own first, then what the monitor says. */
export function NoticesNow({ at }: { readonly at: Bedside }) {
  const notices = ordered(at.known.limitNotices ?? [])
  const relayed = freshNotice(at.state, at.known)
  const failed = at.known.limitsFailed
  useChime(at)
  return (
    <div class="standing" aria-live="polite">
      {failed !== undefined && at.state.clinic?.hasLimits !== false && (
        <p class="notice look" data-limits-failed>
          <Icon name="triangle" />
          <span class="sign">!!</span> {t.limitsFailed(failed)}
        </p>
      )}
      {notices.slice(0, SHOWN).map((it) => (
        <OneLimit key={it.notice} at={at} notice={it} />
      ))}
      {notices.length > SHOWN && (
        <button type="button" onClick={() => at.tab('notices')}>
          {t.moreNotices(notices.length - SHOWN)}
        </button>
      )}
      {relayed !== undefined && <Notice relayed={relayed} zone={at.state.zone} />}
    </div>
  )
}

export function OneLimit({
  at,
  notice,
  long,
}: {
  readonly at: Bedside
  readonly notice: LimitNotice
  readonly long?: boolean
}) {
  const { level, value, limit, since, seenBy, quietUntil } = notice
  const { shape, sign } = LOOKS[level] ?? { shape: 'circle', sign: '!' }
  const what = word(text.clinic.kind, notice.notice)
  const age = at.monoUs === undefined ? '' : countdown(Math.max(0, at.monoUs - since.monoUs))
  const zone = at.state.zone
  return (
    <div
      class={`notice limit ${level === 'urgent' || level === 'look' ? level : 'info'}${isOpen(notice) ? ' open' : ''}`}
      data-limit={notice.notice}
      data-level={level}
      data-seen={isOpen(notice) ? undefined : true}
    >
      <Icon name={shape} />
      <span class="sign">{sign}</span>
      <span class="notice-text">
        {t.noticeSays(what, value, limit)} {/* It changes each second: nobody wants it read out. */}
        <span aria-hidden="true">{age}</span>
      </span>
      {seenBy !== undefined && (
        <span class="notice-by">
          {t.seenBy(seenBy.name, quietUntil === undefined ? '' : minute(quietUntil.wallUs, zone))}
        </span>
      )}
      {long && <span class="notice-by">{t.raised(minute(since.wallUs, zone))}</span>}
      {isOpen(notice) && at.standing !== undefined && (
        <button type="button" aria-label={t.seenWhat(what)} onClick={() => acknowledge(at, notice)}>
          {t.seen}
        </button>
      )}
    </div>
  )
}

export const acknowledge = (at: Bedside, { notice }: LimitNotice) => at.press({ is: 'acknowledged', notice })

/** The first one nobody has seen, for the key. */
export const firstOpen = (at: Bedside) => ordered(at.known.limitNotices ?? []).find(isOpen)

/** Sounds what stands, where this screen may. */
function useChime(at: Bedside): void {
  const before = useRef<Sounded>(undefined)
  const notices = at.known.limitNotices ?? []
  const nowMs = at.state.now.perfMs
  useEffect(() => {
    const { chime, sounded } = chimeNow(notices, before.current, nowMs)
    // What could not be heard is not taken for heard: it sounds as soon as it can.
    if (chime === undefined || play(chime)) before.current = sounded
  }, [notices, nowMs])
}
