/** Wall displays and their links. Browser tests read `[data-display]` (its name), `[data-link]`. */
import { useState } from 'preact/hooks'
import '../../styles/access.css'
import { Card } from '../settings/parts'
import { displaysOf, newDisplay, revokeDisplay } from './ask'
import { Asked } from './fields'
import { Link, type Shown } from './link'
import { useListed } from './listed'
import { ToldOf } from './told'
import { a } from './words'

export function Displays({ zone }: { readonly zone: string }) {
  const { list, told, busy, doing } = useListed(displaysOf)
  const [shown, show] = useState<Shown>()
  const [name, setName] = useState('')
  const add = async (event: Event) => {
    event.preventDefault()
    const of = name.trim()
    const link = await doing(() => newDisplay(of), a.saved(of))
    if (link === undefined) return
    show({ of, link })
    setName('')
  }
  return (
    <fieldset class="all" disabled={busy}>
      <Card title={a.displays} hint={a.displaysDo}>
        <ToldOf told={told} />
        {shown !== undefined && <Link shown={shown} zone={zone} done={() => show(undefined)} />}
        {list?.length === 0 && <p>{a.noDisplays}</p>}
        <ul class="rows">
          {list?.map((it) => (
            <li key={it.id} class="row" data-display={it.name}>
              <span class="grow">
                <strong>{it.name}</strong> <span class="muted">{it.opened ? a.opened : a.notOpened}</span>
              </span>
              <button
                type="button"
                data-act="revoke"
                aria-label={a.about(a.revoke, it.name)}
                onClick={() => void doing(() => revokeDisplay(it.id), a.revoked(it.name))}
              >
                {a.revoke}
              </button>
            </li>
          ))}
        </ul>
        <form class="row" onSubmit={(event) => void add(event)}>
          <Asked label={a.displayName} name="display-name" max={40} value={name} change={setName} />
          <button type="submit" data-act="new-display" disabled={name.trim() === ''}>
            {a.newDisplay}
          </button>
        </form>
      </Card>
    </fieldset>
  )
}
