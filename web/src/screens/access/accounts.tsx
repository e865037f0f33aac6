/** People and their roles. Browser tests read `[data-account-row]` (the sign-in name), `[data-link]`, `[data-outcome]`. */
import { useState } from 'preact/hooks'
import { gate } from '../../access'
import { word } from '../../format/text'
import type { Account, ChangeAccount } from '../../wire/wire'
import '../../styles/access.css'
import { Card } from '../settings/parts'
import { accountsOf, changeAccount, newAccount } from './ask'
import { Asked } from './fields'
import { Link, type Shown } from './link'
import { useListed } from './listed'
import { ToldOf } from './told'
import { a } from './words'

const ROLES = ['nurse', 'clinician', 'reviewer', 'auditor', 'lead', 'biomed', 'administrator'] as const

export function Accounts({ zone }: { readonly zone: string }) {
  const { list, told, busy, doing } = useListed(accountsOf)
  const [shown, show] = useState<Shown>()
  const [open, setOpen] = useState('')
  const change: Changing = async (account, it, says) => {
    const became = await doing(() => changeAccount(account.id, it), says)
    if (became?.link !== undefined) show({ of: account.name, link: became.link })
    if (became !== undefined) setOpen('')
    return became !== undefined
  }
  return (
    <fieldset class="all" disabled={busy}>
      <Card title={a.accounts} hint={a.accountsDo}>
        <ToldOf told={told} />
        {shown !== undefined && <Link shown={shown} zone={zone} done={() => show(undefined)} />}
        {list === undefined && <p>{a.working}</p>}
        <ul class="rows">
          {list?.map((it) => (
            <Row
              key={it.id}
              account={it}
              open={open === it.id}
              setOpen={(on) => setOpen(on ? it.id : '')}
              change={change}
            />
          ))}
        </ul>
      </Card>
      <Invite
        invite={async (it) => {
          const link = await doing(() => newAccount(it), a.saved(it.name))
          if (link !== undefined) show({ of: it.name, link })
          return link !== undefined
        }}
      />
    </fieldset>
  )
}

type Changing = (account: Account, change: ChangeAccount, says: string) => Promise<boolean>

interface RowProps {
  readonly account: Account
  readonly open: boolean
  setOpen(open: boolean): void
  readonly change: Changing
}

function Row({ account, open, setOpen, change }: RowProps) {
  const { name, signInName, roles, enabled, invited, pinSet, codeSet, signIns } = account
  const facts = [
    enabled ? '' : a.disabled,
    invited ? a.invited : '',
    account.elsewhere === true ? a.elsewhere : '',
    pinSet ? a.withPin : '',
    codeSet ? a.withCode : '',
    invited ? '' : a.places(signIns),
  ].filter((it) => it !== '')
  return (
    <li class="account-row" data-account-row={signInName} data-enabled={enabled}>
      <div class="row">
        <span class="grow">
          <strong>{name}</strong> <span class="muted">{signInName}</span>
          {account.id === gate.me?.person?.id && <span class="muted"> ({a.you})</span>}
          <span class="entry-more">{roles.map((it) => word(a.role, it)).join(', ')}</span>
          <span class="muted entry-more">{facts.join(', ')}</span>
          {!account.mineToChange && <span class="hint entry-more">{a.notYours}</span>}
        </span>
        {account.mineToChange && (
          <button
            type="button"
            aria-expanded={open}
            aria-label={a.about(a.edit, name)}
            data-act="edit"
            onClick={() => setOpen(!open)}
          >
            {a.edit}
          </button>
        )}
      </div>
      {open && <Edit account={account} change={change} />}
    </li>
  )
}

function Edit({ account, change }: { readonly account: Account; readonly change: Changing }) {
  const [name, setName] = useState(account.name)
  const [roles, setRoles] = useState<readonly string[]>(account.roles)
  const says = a.saved(account.name)
  const deed = (act: string, label: string, it: ChangeAccount) => (
    <button
      type="button"
      data-act={act}
      aria-label={a.about(label, account.name)}
      onClick={() => void change(account, it, says)}
    >
      {label}
    </button>
  )
  const save = (event: Event) => {
    event.preventDefault()
    const renamed = name.trim() === account.name ? {} : { name: name.trim() }
    const same = roles.length === account.roles.length && roles.every((it) => account.roles.includes(it))
    void change(account, { ...renamed, ...(same ? {} : { roles: [...roles] }) }, says)
  }
  return (
    <form class="account-edit" onSubmit={save}>
      <Asked label={a.nameUnder} name="name" max={120} value={name} change={setName} />
      <Roles roles={roles} change={setRoles} />
      <div class="row">
        <button type="submit" data-act="save" disabled={roles.length === 0 || name.trim() === ''}>
          {a.save}
        </button>
        {account.elsewhere !== true && deed('reset', a.reset, { reset: true })}
        {account.codeSet && deed('take-code', a.takeCode, { unlockCode: true })}
        {account.signIns > 0 && deed('sign-them-out', a.signThemOut, { signOut: true })}
        {deed('enable', account.enabled ? a.disable : a.enable, { enabled: !account.enabled })}
      </div>
      <p class="hint">{a.resetDo}</p>
    </form>
  )
}

function Roles({ roles, change }: { readonly roles: readonly string[]; change(roles: readonly string[]): void }) {
  return (
    <fieldset class="roles">
      <legend>{a.roles}</legend>
      {ROLES.map((role) => (
        <label key={role} class="check">
          <input
            type="checkbox"
            name={`role ${role}`}
            checked={roles.includes(role)}
            onChange={(event) =>
              change(event.currentTarget.checked ? [...roles, role] : roles.filter((it) => it !== role))
            }
          />
          <span>
            {word(a.role, role)} <span class="muted">{word(a.roleDo, role)}</span>
          </span>
        </label>
      ))}
      {roles.length === 0 && <p class="hint">{a.noRole}</p>}
    </fieldset>
  )
}

interface Invited {
  readonly name: string
  readonly signInName: string
  readonly roles: string[]
}

function Invite({ invite }: { invite(it: Invited): Promise<boolean> }) {
  const [name, setName] = useState('')
  const [signInName, setSignInName] = useState('')
  const [roles, setRoles] = useState<readonly string[]>(['nurse'])
  const send = async (event: Event) => {
    event.preventDefault()
    if (!(await invite({ name: name.trim(), signInName: signInName.trim(), roles: [...roles] }))) return
    setName('')
    setSignInName('')
  }
  return (
    <Card title={a.invite} hint={a.inviteDo}>
      <form class="account-edit" data-invite onSubmit={(event) => void send(event)}>
        <Asked label={a.nameUnder} name="name" max={120} value={name} change={setName} />
        <Asked label={a.signInName} name="sign-in-name" max={64} value={signInName} change={setSignInName} />
        <Roles roles={roles} change={setRoles} />
        <button
          type="submit"
          class="main"
          data-act="invite"
          disabled={name.trim() === '' || signInName.trim() === '' || roles.length === 0}
        >
          {a.makeLink}
        </button>
      </form>
    </Card>
  )
}
