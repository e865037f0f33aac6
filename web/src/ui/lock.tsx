/** The lock by hand, and who is signed in, on screens that name nobody else. */
import { gate } from '../access'
import { text } from '../format/text'
import { initials } from '../model/typed'
import { follow, go } from '../route'
import { Icon } from './icons'

/** Letters of a name there is room for in the bar of a wall. */
const INITIALS = 2

/** `name`: whose lock it is, where nothing else on the screen says so. */
export function LockButton({ name }: { readonly name?: string }) {
  const title = name === undefined ? text.lock : `${text.lock}: ${name}`
  return (
    <button type="button" class="square" data-act="lock" data-account={name} title={title} onClick={() => gate.lock()}>
      <Icon name="lock" />
      {name !== undefined && <span aria-hidden="true">{initials(name).slice(0, INITIALS)}</span>}
      <span class="unseen">{title}</span>
    </button>
  )
}

interface Props {
  /** Where there is little room: the lock with initials; one's own page is among the settings. */
  readonly short?: boolean
}

/** Who is signed in, the way to their own page and the lock; the question who it is, under one. Nothing without accounts. */
export function AccountLink({ short = false }: Props) {
  const { standing, me } = gate
  if ((standing !== 'in' && standing !== 'locked') || me?.person == null) return null
  const locked = standing === 'locked'
  const { name } = me.person
  if (!locked && short) return <LockButton name={name} />
  return (
    <>
      <a
        class="button account"
        href="/settings/me"
        data-account={name}
        data-locked={locked || undefined}
        title={locked ? text.locked : text.account(name)}
        onClick={follow(() => go({ at: 'settings', part: 'me' }))}
      >
        {locked && <Icon name="lock" />}
        <span class={locked && short ? 'unseen' : ''}>{locked ? text.locked : name}</span>
      </a>
      {!locked && <LockButton />}
    </>
  )
}
