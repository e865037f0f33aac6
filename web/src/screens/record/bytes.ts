/** The bytes of a frame with the ones that said a value marked. Pure. */
import type { ByteMark } from '../../wire/wire'
import { bytes, shown } from '../sources/frames'

/** A run of text; `marked` is the place of its mark in the list, -1 for none. */
export interface Run {
  readonly said: string
  readonly marked: number
}

/** Bytes of one line of a dump, twice. */
export interface DumpLine {
  readonly offset: string
  readonly hex: readonly Run[]
  readonly text: readonly Run[]
}

/** Of several marks over one byte the shortest counts: a value within its segment. */
function marker(marks: readonly ByteMark[]): (at: number) => number {
  const order = marks.map((mark, n) => ({ ...mark, n })).sort((a, b) => a.to - a.from - (b.to - b.from))
  return (at) => order.find(({ from, to }) => at >= from && at < to)?.n ?? -1
}

/** Neighbours with the same mark as one run; `between` stands between two bytes of it. */
function runs(parts: readonly { readonly said: string; readonly marked: number }[], between: string): Run[] {
  const found: { said: string; marked: number }[] = []
  for (const { said, marked } of parts) {
    const last = found.at(-1)
    if (last === undefined) found.push({ said, marked })
    else if (last.marked === marked) last.said += between + said
    else {
      // What stands between two runs belongs to the one that is not marked.
      if (between !== '' && last.marked < 0) last.said += between
      found.push({ said: between !== '' && last.marked >= 0 ? between + said : said, marked })
    }
  }
  return found
}

const isPrintable = (byte: number) => byte >= 0x20 && byte <= 0x7e

/** A hex dump in lines of so many bytes. */
export function dump(hex: string, marks: readonly ByteMark[], width: number): DumpLine[] {
  const all = bytes(hex)
  const mark = marker(marks)
  return Array.from({ length: Math.ceil(all.length / width) }, (_, n) => {
    const part = all.slice(n * width, (n + 1) * width)
    const at = (i: number) => mark(n * width + i)
    return {
      offset: (n * width).toString(16).padStart(4, '0'),
      hex: runs(
        part.map((byte, i) => ({ said: byte.toString(16).padStart(2, '0'), marked: at(i) })),
        ' ',
      ),
      text: runs(
        part.map((byte, i) => ({ said: isPrintable(byte) ? String.fromCharCode(byte) : '.', marked: at(i) })),
        '',
      ),
    }
  })
}

const CR = 0x0d
const LF = 0x0a

/** The same as text, in the lines of the monitor. */
export function textRuns(hex: string, marks: readonly ByteMark[]): Run[][] {
  const all = bytes(hex)
  const mark = marker(marks)
  const lines: { said: string; marked: number }[][] = [[]]
  all.forEach((byte, i) => {
    lines.at(-1)?.push({ said: shown(byte), marked: mark(i) })
    if (byte === LF || (byte === CR && all[i + 1] !== LF)) lines.push([])
  })
  return lines.filter((line) => line.length > 0).map((line) => runs(line, ''))
}
