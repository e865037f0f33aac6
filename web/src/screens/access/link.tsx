/** A one-time link, shown once. Browser tests read `[data-link]`. */
import { clock, day } from '../../format/time'
import type { OneTimeLink } from '../../wire/wire'
import { Once } from './once'
import { a } from './words'

export interface Shown {
  readonly of: string
  readonly link: OneTimeLink
}

interface Props {
  readonly shown: Shown
  readonly zone: string
  done(): void
}

export function Link({ shown, zone, done }: Props) {
  const { of, link } = shown
  const whole = location.origin + link.link
  return (
    <div data-link={whole}>
      <Once title={a.linkFor(of)} secret={whole} done={done}>
        {a.linkDo(`${day(link.untilUs, zone)} ${clock(link.untilUs, zone)}`)}
      </Once>
    </div>
  )
}
