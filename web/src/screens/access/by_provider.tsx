/** The way by the clinic's own provider of accounts, where one is configured. Browser tests press `[data-act="openid"]`. */
import { useState } from 'preact/hooks'
import { gate } from '../../access'
import { beginOpenId } from './ask'
import type { Told } from './listed'
import { ToldOf } from './told'
import { a } from './words'

export function ByProvider() {
  const name = gate.me?.openId
  const [told, tell] = useState<Told>()
  if (name === undefined) return null
  const begin = async () => {
    const answer = await beginOpenId()
    if (answer.ok) location.assign(answer.value.to)
    else tell({ ok: false, message: answer.message })
  }
  return (
    <div class="by-password">
      <ToldOf told={told} />
      <button type="button" data-act="openid" onClick={() => void begin()}>
        {a.openId(name)}
      </button>
    </div>
  )
}
