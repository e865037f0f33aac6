import { describe, expect, it } from 'vitest'
import answers from '../../../../fixtures/wire/answers-states.json'
import sourceBytes from '../../../../fixtures/wire/source-bytes.json'
import sourceList from '../../../../fixtures/wire/sources.json'
import { read, write } from '../../route'
import type { HeardFrame } from '../../wire/wire'
import { bytesOf, bytesPath, sourcesOf } from './ask'
import { copyText, FRAMES_MAX, hexLines, isReadable, keep, NOTHING, textLines } from './frames'

const hexOf = (text: string) => [...text].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')

const frame = (number: number, text = 'HR= 61\r\n'): HeardFrame => ({
  number,
  offset: number * 8,
  receivedWallUs: number * 1e6,
  kind: 'understood',
  length: text.length,
  hex: hexOf(text),
  text,
  said: ['heart_rate 61 /min'],
})

describe('answers', () => {
  it('of the Rust types are read', () => {
    expect(sourcesOf(sourceList)?.sources.map(({ id }) => id)).toEqual(['oximeter', 'gateway'])
    expect(bytesOf(sourceBytes)?.frames.map(({ number }) => number)).toEqual([41, 42, 43, 44])
  })

  it('that are recorded for the replay are whole', () => {
    const { '/api/sources': list, '/api/health': _, ...bytes } = answers
    expect(sourcesOf(list)?.sources).toEqual(list.sources)
    expect(Object.values(bytes).map(bytesOf)).toEqual(Object.values(bytes))
  })

  it('lose what does not fit and nothing else', () => {
    const { now, sources } = sourceList
    const [one, two] = sources
    for (const bad of [{ ...one, state: 4 }, { ...one, lastFrameWallUs: '1' }, { ...one, chairs: [1] }, null, 'x']) {
      expect(sourcesOf({ now, sources: [bad, two] })?.sources.map(({ id }) => id)).toEqual(['gateway'])
    }
    expect(sourcesOf({ sources })).toBeUndefined()
    const bad = { ...sourceBytes.frames[0], hex: 'f' }
    expect(bytesOf({ ...sourceBytes, frames: [bad, sourceBytes.frames[1]] })?.frames).toHaveLength(1)
    expect(bytesOf({ frames: [] })).toBeUndefined()
  })

  it('are asked for by a name that may hold anything', () => {
    expect(bytesPath('a/b c', 7)).toBe('/api/sources/a%2Fb%20c/bytes?after=7')
  })
})

describe('addresses', () => {
  it('lead to all sources or to one, whatever its name', () => {
    for (const route of [{ at: 'sources' }, { at: 'sources', source: 'a/b ü' }, { at: 'live', chair: '1' }] as const) {
      expect(read(write(route))).toEqual(route)
    }
    expect(read('/sources/')).toEqual({ at: 'sources' })
    expect(read('/sources/%ff')).toEqual({ at: 'wall' })
    expect(read('/sources/a/b')).toEqual({ at: 'wall' })
  })
})

describe('frames', () => {
  const answer = (newest: number, ...numbers: number[]) => ({
    source: 's',
    newest,
    frames: numbers.map((n) => frame(n)),
  })
  const numbers = (kept: { frames: readonly HeardFrame[] }) => kept.frames.map(({ number }) => number)

  it('are added once, and what was missed is counted', () => {
    let kept = keep(NOTHING, answer(3, 2, 3))
    expect([numbers(kept), kept.missed]).toEqual([[2, 3], 0])
    kept = keep(kept, answer(4, 3, 4))
    expect([numbers(kept), kept.missed]).toEqual([[2, 3, 4], 0])
    kept = keep(kept, answer(9, 8, 9))
    expect([numbers(kept), kept.missed]).toEqual([[2, 3, 4, 8, 9], 3])
    expect(keep(kept, answer(9))).toBe(kept)
  })

  it('of a server that was started anew replace the old ones', () => {
    const kept = keep(keep(NOTHING, answer(900, 899, 900)), answer(2, 1, 2))
    expect([numbers(kept), kept.newest, kept.missed]).toEqual([[1, 2], 2, 0])
  })

  it('are as many as the server keeps', () => {
    const all = Array.from({ length: FRAMES_MAX + 9 }, (_, n) => n + 1)
    expect(numbers(keep(NOTHING, answer(all.length, ...all)))).toEqual(all.slice(9))
  })
})

describe('bytes', () => {
  it('are text in the lines of the monitor', () => {
    const check = (text: string, lines: string[]) => expect(textLines(hexOf(text))).toEqual(lines)
    check('', [])
    check('HR= 61\r\n', ['HR= 61\\r\\n'])
    check('\x0bMSH|^~\\&|\rPID|\r\x1c\r', ['\\x0bMSH|^~\\\\&|\\r', 'PID|\\r', '\\x1c\\r'])
    check('a\nb\r\nc', ['a\\n', 'b\\r\\n', 'c'])
  })

  it('are a dump with offset, digits and characters', () => {
    expect(hexLines(hexOf('HR= 61\r\n\xff'), 8)).toEqual([
      '0000  48 52 3d 20 36 31 0d 0a  HR= 61..',
      '0008  ff                       .',
    ])
  })

  it('are called readable when nearly all of them are', () => {
    const check = (text: string, readable: boolean) => expect(isReadable(hexOf(text)), text).toBe(readable)
    check('HR= 61\r\n', true)
    check('\x0bMSH|^~\\&|MONITOR|\r', true)
    check('\xff\x00A', false)
    check('', false)
  })

  it('are copied with their times and what they said', () => {
    const said = copyText('oximeter', [frame(1), frame(2, 'x')], (us) => `t${us / 1e6}`)
    expect(said).toBe(
      'oximeter\n\nt1 understood, 8 bytes at 8\n' +
        '0000  48 52 3d 20 36 31 0d 0a                          HR= 61..\n  -> heart_rate 61 /min\n\n' +
        't2 understood, 1 bytes at 16\n' +
        '0000  78                                               x\n  -> heart_rate 61 /min\n',
    )
  })
})
