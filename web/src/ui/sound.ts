/**
 * The chimes of the clinic's own notices: two plain tones that differ from the melodies of bedside alarms. A browser makes no
 * sound before somebody touched the page, and none that can be relied on while the page is hidden: both are said, never hidden.
 */
import { signal } from '@preact/signals'
import { keep, kept } from '../kept'
import type { Chime } from '../model/chime'

const KEY = 'chairside.sound'

/** `blocked`: wanted, and the browser does not let it yet. */
export type Sound = 'off' | 'blocked' | 'on' | 'hidden'

/** Two tones each, in hertz, and how long one lasts, in seconds: falling for urgent, rising for look. */
const TONES: Readonly<
  Record<Chime, { readonly hz: readonly [number, number]; readonly s: number; readonly times: number }>
> = {
  urgent: { hz: [784, 587], s: 0.16, times: 2 },
  look: { hz: [523, 659], s: 0.22, times: 1 },
}
/** Loud enough for a quiet room, far below a bedside alarm. */
const GAIN = 0.25

/** What can be done about sound here and now. */
export function soundOf(wanted: boolean, running: boolean, hidden: boolean): Sound {
  if (!wanted) return 'off'
  if (hidden) return 'hidden'
  return running ? 'on' : 'blocked'
}

let context: AudioContext | undefined
let wanted = false
export const sound = signal<Sound>('off')

function look(): void {
  sound.value = soundOf(wanted, context?.state === 'running', document.visibilityState === 'hidden')
}

/** What this screen chose before; off unless somebody switched it on. */
export function loadSound(): void {
  wanted = kept(KEY) === 'on'
  document.addEventListener('visibilitychange', look)
  // A browser that was started to allow sound has it running at once.
  if (wanted) ready()
  look()
}

function ready(): AudioContext {
  if (context === undefined) {
    context = new AudioContext()
    context.addEventListener('statechange', look)
  }
  return context
}

/** A tap: what is blocked is woken, what is off goes on with a test tone, what is on goes off. */
export async function tapSound(): Promise<void> {
  if (wanted && sound.peek() === 'on') {
    wanted = false
    keep(KEY, 'off')
    look()
    return
  }
  wanted = true
  keep(KEY, 'on')
  await ready().resume()
  look()
  play('look')
}

/** Plays one chime; whether it could. */
export function play(chime: Chime): boolean {
  look()
  if (context === undefined || sound.peek() !== 'on') return false
  const { hz, s, times } = TONES[chime]
  for (let n = 0; n < times; n++)
    hz.forEach((tone, m) => {
      beep(context as AudioContext, tone, (context as AudioContext).currentTime + n * s * 2.6 + m * s, s)
    })
  return true
}

function beep(to: AudioContext, hz: number, at: number, s: number): void {
  const [tone, gain] = [to.createOscillator(), to.createGain()]
  tone.frequency.value = hz
  // Soft edges: a chime, not a click.
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(GAIN, at + 0.02)
  gain.gain.setValueAtTime(GAIN, at + s - 0.05)
  gain.gain.linearRampToValueAtTime(0, at + s)
  tone.connect(gain).connect(to.destination)
  tone.start(at)
  tone.stop(at + s)
}
