/**
 * What a source sent last, and beside each frame what was decoded from it; the newest on top, where it is seen. Browser
 * tests read: `[data-frame]` (its number) with `data-kind` (`understood fault noise`), `.raw` and `.said` in it.
 */
import { useEffect, useState } from 'preact/hooks'
import { text, word } from '../../format/text'
import { clockMs } from '../../format/time'
import type { HeardFrame, Source } from '../../wire/wire'
import { type Ask, bytesOf, bytesPath } from './ask'
import { copyText, hexLines, isReadable, type Kept, keep, NOTHING, textLines } from './frames'
import { usePoll } from './poll'

/** Lines of a frame that are shown before somebody asks for all of them. */
const LINES_SHORT = 8
/** From this width of the window on a dump has 16 bytes in a line; below, 8. */
const WIDE = '(min-width: 1500px)'

type Form = 'text' | 'hex'

export function Bytes({ ask, source, zone }: { readonly ask: Ask; readonly source: Source; readonly zone: string }) {
  const [kept, setKept] = useState<Kept>(NOTHING)
  const [paused, pause] = useState(false)
  const [chosen, choose] = useState<Form | undefined>()
  const [copied, tell] = useState('')
  const { id } = source
  // The loop reads what it has from here: it must not begin anew with every answer.
  const [now] = useState({ kept: NOTHING })
  usePoll(
    async (signal) => {
      if (paused) return
      try {
        const answer = bytesOf(await ask(bytesPath(id, now.kept.newest), signal))
        if (answer === undefined || answer.source !== id || signal.aborted) return
        now.kept = keep(now.kept, answer)
        setKept(now.kept)
      } catch {
        // The list of sources asks the same server and says that it does not answer.
      }
    },
    [ask, id, paused],
  )
  const width = useWidth()
  const readable = kept.frames.filter((frame) => isReadable(frame.hex)).length * 2 >= kept.frames.length
  const form: Form = chosen ?? (readable ? 'text' : 'hex')
  const time = (wallUs: number) => clockMs(wallUs, zone)
  const copy = async () => {
    const done = await toClipboard(copyText(`${source.id}, ${source.way}, ${source.protocol}`, kept.frames, time))
    tell(done ? text.copied(kept.frames.length) : text.notCopied)
  }
  return (
    <section class="bytes" aria-label={text.bytes}>
      <div class="bytes-head">
        <h3>{text.bytes}</h3>
        <span class="spacer" />
        {(['text', 'hex'] as const).map((it) => (
          <button key={it} type="button" aria-pressed={form === it} onClick={() => choose(it)}>
            {text.form[it]}
          </button>
        ))}
        <button type="button" aria-pressed={paused} onClick={() => pause(!paused)}>
          {text.pause}
        </button>
        <button type="button" disabled={kept.frames.length === 0} onClick={() => void copy()}>
          {text.copy}
        </button>
      </div>
      <p class="hint">
        {paused ? text.pausedNow : text.newestFirst} {text.bytesPrivate} <span role="status">{copied}</span>
      </p>
      {kept.missed > 0 && <p class="hint">{text.missed(kept.missed)}</p>}
      {kept.frames.length === 0 ? (
        <p class="nothing">{source.bytes === 0 ? text.noBytes : text.noFrameYet}</p>
      ) : (
        <ol class="frames">
          {kept.frames.toReversed().map((frame) => (
            <Frame key={frame.number} frame={frame} form={form} width={width} time={time} />
          ))}
        </ol>
      )}
    </section>
  )
}

interface FrameProps {
  readonly frame: HeardFrame
  readonly form: Form
  readonly width: number
  time(wallUs: number): string
}

function Frame({ frame, form, width, time }: FrameProps) {
  const [whole, show] = useState(false)
  const lines = form === 'hex' ? hexLines(frame.hex, width) : textLines(frame.hex)
  const short = whole ? lines : lines.slice(0, LINES_SHORT)
  const facts = whole ? frame.said : frame.said.slice(0, LINES_SHORT)
  const more = lines.length > LINES_SHORT || frame.said.length > LINES_SHORT
  const cut = frame.length - frame.hex.length / 2
  return (
    <li class={`frame k-${frame.kind}`} data-frame={frame.number} data-kind={frame.kind}>
      <div class="frame-head">
        <span>{time(frame.receivedWallUs)}</span>
        <span class="kind">{word(text.frameKind, frame.kind)}</span>
        <span class="muted">{text.bytesAt(frame.length, frame.offset)}</span>
      </div>
      <pre class="raw">{short.join('\n')}</pre>
      <ul class="said">
        {facts.map((said, n) => (
          <li key={n}>{said}</li>
        ))}
      </ul>
      {more && (
        <button type="button" class="more" aria-expanded={whole} onClick={() => show(!whole)}>
          {whole ? text.showLess : text.showAll(lines.length, frame.said.length)}
        </button>
      )}
      {whole && cut > 0 && <p class="hint">{text.cutFrame(cut)}</p>}
    </li>
  )
}

/** Bytes in a line of a dump. */
function useWidth(): number {
  const [wide, set] = useState(() => matchMedia(WIDE).matches)
  useEffect(() => {
    const query = matchMedia(WIDE)
    const look = () => set(query.matches)
    query.addEventListener('change', look)
    return () => query.removeEventListener('change', look)
  }, [])
  return wide ? 16 : 8
}

/** Browsers give the clipboard to secure pages only; elsewhere the old way still works. */
async function toClipboard(said: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(said)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = said
    area.readOnly = true
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
