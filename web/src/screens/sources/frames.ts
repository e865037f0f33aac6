/** The last frames of a source as text: what is kept of them, and how bytes are written for people. */
import type { HeardFrame, SourceBytes } from '../../wire/wire'

/** As many as the server keeps. */
export const FRAMES_MAX = 64

/** The frames a screen has of one source. */
export interface Kept {
  readonly newest: number
  /** Oldest first. */
  readonly frames: readonly HeardFrame[]
  /** Frames that came and went between two answers. */
  readonly missed: number
}

export const NOTHING: Kept = { newest: 0, frames: [], missed: 0 }

/** Adds an answer. One whose numbers are behind what is here comes from a server that was started anew. */
export function keep(kept: Kept, answer: SourceBytes): Kept {
  const known = answer.newest < kept.newest ? NOTHING : kept
  const fresh = answer.frames.filter((frame) => frame.number > known.newest)
  if (fresh.length === 0) return answer.newest === known.newest ? known : { ...known, newest: answer.newest }
  const first = fresh[0]?.number ?? 0
  const missed = known.newest === 0 ? 0 : Math.max(0, first - known.newest - 1)
  return {
    newest: answer.newest,
    frames: [...known.frames, ...fresh].slice(-FRAMES_MAX),
    missed: known.missed + missed,
  }
}

export function bytes(hex: string): number[] {
  return Array.from({ length: hex.length / 2 }, (_, n) => Number.parseInt(hex.slice(2 * n, 2 * n + 2), 16))
}

const CR = 0x0d
const LF = 0x0a
const TAB = 0x09
const isPrintable = (byte: number) => byte >= 0x20 && byte <= 0x7e

/** Whether people can read it: nine bytes of ten are printable or end a line. */
export function isReadable(hex: string): boolean {
  const all = bytes(hex)
  const readable = all.filter((byte) => isPrintable(byte) || byte === CR || byte === LF || byte === TAB)
  return all.length > 0 && readable.length >= all.length * 0.9
}

const ESCAPES: Readonly<Record<number, string>> = { [CR]: '\\r', [LF]: '\\n', [TAB]: '\\t', 92: '\\\\' }

export function shown(byte: number): string {
  return ESCAPES[byte] ?? (isPrintable(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)
}

/** The bytes as text, a line of it ending where a line of the monitor ends: after CR, LF, or both. */
export function textLines(hex: string): string[] {
  const all = bytes(hex)
  const lines: string[] = []
  let line = ''
  all.forEach((byte, n) => {
    line += shown(byte)
    if (byte === LF || (byte === CR && all[n + 1] !== LF)) {
      lines.push(line)
      line = ''
    }
  })
  return line === '' ? lines : [...lines, line]
}

/** A hex dump: offset, so many bytes, the same as text with dots for what is not printable. */
export function hexLines(hex: string, width: number): string[] {
  const all = bytes(hex)
  return Array.from({ length: Math.ceil(all.length / width) }, (_, n) => {
    const part = all.slice(n * width, (n + 1) * width)
    const pairs = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = part.map((byte) => (isPrintable(byte) ? String.fromCharCode(byte) : '.')).join('')
    return `${(n * width).toString(16).padStart(4, '0')}  ${pairs.padEnd(width * 3 - 1)}  ${text}`
  })
}

/** Bytes in a line of a copied dump: what every other tool has. */
const COPY_WIDTH = 16

/** All frames as plain text, oldest first, for a mail or a ticket. */
export function copyText(heading: string, frames: readonly HeardFrame[], time: (wallUs: number) => string): string {
  const blocks = frames.map((frame) =>
    [
      `${time(frame.receivedWallUs)} ${frame.kind}, ${frame.length} bytes at ${frame.offset}`,
      ...hexLines(frame.hex, COPY_WIDTH),
      ...frame.said.map((said) => `  -> ${said}`),
    ].join('\n'),
  )
  return `${[heading, ...blocks].join('\n\n')}\n`
}
