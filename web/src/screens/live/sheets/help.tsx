/** Keys, and what this screen may do: sound, keys. */

import { f } from '../../../format/forms'
import { text } from '../../../format/text'
import { play, sound, tapSound } from '../../../ui/sound'
import type { Bedside } from '../bedside'
import { keysOn, switchKeys } from '../keys'
import { Panel } from './why'

const t = text.session

export function HelpSheet({ at }: { readonly at: Bedside }) {
  return (
    <Panel at={at} name="help" title={t.help}>
      <div class="help">
        <div>
          <h3>{f.keys}</h3>
          <p class="hint">
            {keysOn.value ? f.keysOn : f.keysOff}. {f.keysDo}
          </p>
          <dl class="key-list">
            {Object.entries(f.key).map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <button type="button" onClick={() => switchKeys(!keysOn.value)}>
            {keysOn.value ? f.switchKeysOff : f.switchKeysOn}
          </button>
        </div>
        <div>
          <h3>{t.sound[sound.value]}</h3>
          <p class="hint">{f.soundDo}</p>
          <div class="chips">
            <button type="button" onClick={() => void tapSound()}>
              {t.sound[sound.value]}
            </button>
            <button type="button" disabled={sound.value !== 'on'} onClick={() => play('urgent')}>
              {f.testTone}
            </button>
          </div>
        </div>
      </div>
    </Panel>
  )
}
