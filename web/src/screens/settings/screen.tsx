/** What belongs to this screen alone: theme, colours, diagnostics. */
import { text } from '../../format/text'
import type { State } from '../../model/state'
import { palette, setPalette, setTheme, theme } from '../../theme'
import { Card, Choice } from './parts'

export function ThisScreen({ state }: { readonly state: State }) {
  const { server, ignored, dropped } = state
  return (
    <Card title={text.clinic.parts.screen}>
      <label class="check">
        <input
          type="checkbox"
          checked={theme.value === 'light'}
          onChange={(event) => setTheme(event.currentTarget.checked ? 'light' : 'dark')}
        />
        {text.theme}
      </label>
      <div class="row">
        <Choice
          label={text.clinic.palette}
          value={palette.value}
          options={text.clinic.palettes}
          choose={(chosen) => setPalette(chosen === 'monitor' ? 'monitor' : 'chairside')}
        />
      </div>
      {server !== undefined && <p class="hint">{text.version(server.version)}</p>}
      {ignored > 0 && <p class="hint">{text.ignored(ignored)}</p>}
      {dropped > 0 && <p class="hint">{text.droppedUpdates(dropped)}</p>}
    </Card>
  )
}
