/** Chairs that are for test patients only. Browser tests read: `[data-test-row]`, with `data-on`. */
import { text } from '../../format/text'
import type { Chair, Clinic } from '../../wire/wire'
import type { Changing } from './clinic'
import { Card } from './parts'

interface Props {
  readonly clinic: Clinic
  readonly chairs: readonly Chair[]
  readonly changing: Changing
}

export function TestMode({ clinic, chairs, changing }: Props) {
  return (
    <Card title={text.clinic.parts.test} hint={text.clinic.testDo}>
      <ul class="rows">
        {chairs.map(({ id, name }) => {
          const on = clinic.testing.includes(id)
          const says = on ? text.clinic.endTest : text.clinic.beginTest
          const told = on ? text.clinic.testEnded(name) : text.clinic.testBegan(name)
          return (
            <li key={id} class="row" data-test-row={id} data-on={on || undefined}>
              <span class="grow">
                <strong>{name}</strong> {on && <span class="demo-word">{text.test}</span>}
              </span>
              <button
                type="button"
                aria-label={`${says}: ${name}`}
                onClick={() => void changing({ is: 'testChair', chair: id, on: !on }, told)}
              >
                {says}
              </button>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
