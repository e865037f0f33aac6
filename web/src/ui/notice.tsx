/** A notice of the monitor, relayed in its own words: colour, shape and sign by the priority the monitor gave it. */
import { text, word } from '../format/text'
import { clock } from '../format/time'
import type { Relayed } from '../model/state'
import { Icon } from './icons'

/** How each priority looks: a fill, a shape and a sign. */
export const LOOKS: Record<string, { look: string; shape: string; sign: string }> = {
  high: { look: 'urgent', shape: 'octagon', sign: '!!!' },
  medium: { look: 'look', shape: 'triangle', sign: '!!' },
}

export function Notice({
  relayed,
  zone,
  long,
}: {
  readonly relayed: Relayed
  readonly zone: string
  readonly long?: boolean
}) {
  const { notice, times, firstWallUs } = relayed
  const { look, shape, sign } = LOOKS[notice.priority] ?? { look: 'info', shape: 'circle', sign: '!' }
  return (
    <div class={`notice ${look}`} data-notice={notice.priority}>
      <Icon name={shape} />
      <span class="sign">{sign}</span>
      <span class="notice-text">{text.monitorSays(notice.text)}</span>
      {long && (
        <span class="notice-more">
          {clock(notice.received.wallUs, zone)}, {word(text.priority, notice.priority)}
          {times > 1 && `, ${text.times(times, clock(firstWallUs, zone))}`}
        </span>
      )}
    </div>
  )
}
