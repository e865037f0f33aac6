/** Name and password, and the code of a second factor once the server asks for it. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { gate } from '../../access'
import { Asked } from './fields'
import { Tried, type WayProps } from './tries'
import { a } from './words'

export function ByPassword({ tries, attempt, nobody = false }: WayProps & { readonly nobody?: boolean }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string>()
  const asksCode = tries.last?.is === 'code'
  const first = useRef<HTMLInputElement>(null)
  const second = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  useEffect(() => {
    if (asksCode) setCode((was) => was ?? '')
  }, [asksCode])
  useEffect(() => second.current?.focus(), [code === undefined])
  const done = async () => {
    if (name.trim() === '' || password === '' || tries.busy) return
    await attempt(() => gate.signIn(name.trim(), password, code === undefined ? undefined : code.trim()))
  }
  const fields = { entered: () => void done() }
  return (
    <div class="by-password">
      {nobody && <p class="hint">{a.nobodyHere}</p>}
      <Asked
        label={a.signInName}
        name="sign-in-name"
        fill="username"
        focus={first}
        value={name}
        change={setName}
        {...fields}
      />
      <Asked
        label={a.password}
        name="password"
        kind="password"
        fill="current-password"
        value={password}
        change={setPassword}
        {...fields}
      />
      {code !== undefined && (
        <Asked
          label={a.code}
          name="code"
          kind="code"
          fill="one-time-code"
          value={code}
          change={setCode}
          hint={a.codeDo}
          focus={second}
          {...fields}
        />
      )}
      <Tried last={asksCode ? undefined : tries.last} />
      <button type="button" class="main" data-act="sign-in" disabled={tries.busy} onClick={() => void done()}>
        {tries.busy ? a.working : a.signIn}
      </button>
    </div>
  )
}
