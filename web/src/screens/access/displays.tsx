/** Wall displays, their chairs and their links. Browser tests read `[data-display]` (its name), `[data-link]`. */
import { useState } from 'preact/hooks'
import type { Display, RoomChair } from '../../wire/wire'
import '../../styles/access.css'
import { Card } from '../settings/parts'
import { displaysOf, layOut, newDisplay, revokeDisplay } from './ask'
import { Asked } from './fields'
import { Link, type Shown } from './link'
import { useListed } from './listed'
import { ToldOf } from './told'
import { a } from './words'

export function Displays({ zone }: { readonly zone: string }) {
  const { list, told, busy, doing } = useListed(displaysOf)
  const [shown, show] = useState<Shown>()
  const [name, setName] = useState('')
  const [chairs, setChairs] = useState<readonly string[]>([])
  const room = list?.room ?? []
  const add = async (event: Event) => {
    event.preventDefault()
    const of = name.trim()
    const link = await doing(() => newDisplay({ name: of, chairs: [...chairs] }), a.saved(of))
    if (link === undefined) return
    show({ of, link })
    setName('')
    setChairs([])
  }
  return (
    <fieldset class="all" disabled={busy}>
      <Card title={a.displays} hint={a.displaysDo}>
        <ToldOf told={told} />
        {shown !== undefined && <Link shown={shown} zone={zone} done={() => show(undefined)} />}
        {list?.displays.length === 0 && <p>{a.noDisplays}</p>}
        <ul class="rows">
          {list?.displays.map((it) => (
            <Row
              key={it.id}
              display={it}
              room={room}
              revoke={() => void doing(() => revokeDisplay(it.id), a.revoked(it.name))}
              layOut={async (chairs) => (await doing(() => layOut(it.id, chairs), a.saved(it.name))) !== undefined}
            />
          ))}
        </ul>
        <form class="account-edit" onSubmit={(event) => void add(event)}>
          <Asked label={a.displayName} name="display-name" max={40} value={name} change={setName} />
          <Chairs room={room} chairs={chairs} change={setChairs} />
          <button type="submit" data-act="new-display" disabled={name.trim() === ''}>
            {a.newDisplay}
          </button>
        </form>
      </Card>
    </fieldset>
  )
}

interface RowProps {
  readonly display: Display
  readonly room: readonly RoomChair[]
  revoke(): void
  layOut(chairs: string[]): Promise<boolean>
}

function Row({ display, room, revoke, layOut }: RowProps) {
  const [open, setOpen] = useState(false)
  const [chairs, setChairs] = useState<readonly string[]>(display.chairs)
  const names = display.chairs.map((id) => room.find((it) => it.id === id)?.name ?? id)
  return (
    <li class="account-row" data-display={display.name}>
      <div class="row">
        <span class="grow">
          <strong>{display.name}</strong> <span class="muted">{display.opened ? a.opened : a.notOpened}</span>
          <span class="entry-more">{names.length === 0 ? a.everyChair : a.onlyChairs(names.join(', '))}</span>
        </span>
        <button
          type="button"
          data-act="edit-display"
          aria-expanded={open}
          aria-label={a.about(a.edit, display.name)}
          onClick={() => setOpen(!open)}
        >
          {a.edit}
        </button>
        <button type="button" data-act="revoke" aria-label={a.about(a.revoke, display.name)} onClick={revoke}>
          {a.revoke}
        </button>
      </div>
      {open && (
        <form
          class="account-edit"
          onSubmit={(event) => {
            event.preventDefault()
            void layOut([...chairs]).then((done) => setOpen(!done))
          }}
        >
          <Chairs room={room} chairs={chairs} change={setChairs} />
          <button type="submit" data-act="lay-out">
            {a.save}
          </button>
        </form>
      )}
    </li>
  )
}

interface ChairsProps {
  readonly room: readonly RoomChair[]
  readonly chairs: readonly string[]
  change(chairs: readonly string[]): void
}

function Chairs({ room, chairs, change }: ChairsProps) {
  return (
    <fieldset class="roles">
      <legend>{a.shownChairs}</legend>
      {room.map(({ id, name }) => (
        <label key={id} class="check">
          <input
            type="checkbox"
            name={`chair ${id}`}
            checked={chairs.includes(id)}
            onChange={(event) =>
              change(event.currentTarget.checked ? [...chairs, id] : chairs.filter((it) => it !== id))
            }
          />
          <span>{name}</span>
        </label>
      ))}
      <p class="hint">{a.chairsDo}</p>
    </fieldset>
  )
}
