/**
 * What the chair's monitors say of the patient, where it is not what the session says (H01): how much is withheld since when, and
 * the way to compare. Browser tests read `[data-conflict]` (what the feed says).
 */
import { text, word } from '../../format/text'
import { minute } from '../../format/time'
import { Icon } from '../../ui/icons'
import type { BoundFeed } from '../../wire/wire'
import type { Bedside } from './bedside'

const t = text.session

/** What a feed may say without anybody having to look. */
const QUIET = ['same', 'none', 'accepted']

export const says = ({ source, bed, says }: BoundFeed) =>
  t.feedSays(bed === '' ? source : `${source} ${bed}`, word(t.says, says))

export function Conflicts({ at }: { readonly at: Bedside }) {
  const feeds = at.standing?.session.feeds ?? []
  const loud = feeds.filter((feed) => !QUIET.includes(feed.says))
  const silent = feeds.filter((feed) => feed.says === 'none')
  return (
    <>
      {loud.map((feed) => (
        <p key={`${feed.source} ${feed.bed}`} class="trouble conflict" data-conflict={feed.says}>
          <Icon name="alike" />
          <span>
            <strong role="alert">{says(feed)}</strong>{' '}
            {t.withheld(feed.withheld, minute(feed.since.wallUs, at.state.zone))}
          </span>
          <button
            type="button"
            class="to-source"
            onClick={() => at.show({ is: 'conflict', source: feed.source, bed: feed.bed })}
          >
            {t.look}
          </button>
        </p>
      ))}
      {silent.length > 0 && loud.length === 0 && (
        <p class="feeds-quiet muted" data-feeds="none">
          {silent.map(says).join('; ')}
        </p>
      )}
    </>
  )
}
