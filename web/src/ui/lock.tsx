/** The lock by hand, and who is signed in, on screens that name nobody else. */
import { gate } from '../access'
import { text } from '../format/text'
import { initials } from '../model/typed'
import { follow, go } from '../route'
import { Icon } from './icons'

export function LockButton() {
  return (
    <button type="button" class="square" data-act="lock" title={text.lock} onClick={() => gate.lock()}>
      <Icon name="lock" />
      <span class="unseen">{text.lock}</span>
    </button>
  )
}

/** Letters of a name there is room for in the bar of a wall. */
const INITIALS = 2

interface Props {
  /** Where there is little room: initials, the name for whoever asks. */
  readonly short?: boolean
}

/** Leads to one's own page, or to the question who it is. Nothing where nobody has an account. */
export function AccountLink({ short = false }: Props) {
  const { standing, me } = gate
  if ((standing !== 'in' && standing !== 'locked') || me?.person == null) return null
  const locked = standing === 'locked'
  const name = locked ? text.locked : short ? text.account(me.person.name) : me.person.name
  return (
    <>
      <a
        class="button account"
        href="/settings/me"
        data-account={me.person.name}
        data-locked={locked || undefined}
        title={name}
        onClick={follow(() => go({ at: 'settings', part: 'me' }))}
      >
        {locked && <Icon name="lock" />}
        {short ? (
          <>
            {!locked && <span aria-hidden="true">{initials(me.person.name).slice(0, INITIALS)}</span>}
            <span class="unseen">{name}</span>
          </>
        ) : (
          name
        )}
      </a>
      {!locked && <LockButton />}
    </>
  )
}
