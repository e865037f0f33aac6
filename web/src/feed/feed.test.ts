import { expect, test } from 'vitest'
import type { Instant } from '../model/clock'
import type { Event } from '../model/state'
import type { FromScreen } from '../wire/wire'
import { type Edge, Feed, PAUSE_MAX_MS, QUIET_RECONNECT_MS, type SocketEvents } from './feed'

/** A world without sockets: what was connected, said and planned, and a clock that is set by hand. */
function world() {
  const sockets: { events: SocketEvents; said: FromScreen[]; closed: boolean }[] = []
  const timers: { at: number; run: () => void }[] = []
  const told: Event[] = []
  let ms = 0
  let sleptMs = 0
  let reloads = 0
  const shut: number[] = []
  const now = (): Instant => ({ perfMs: ms, dateMs: ms + sleptMs })
  const edge: Edge = {
    connect: (events) => {
      const socket = { events, said: [] as FromScreen[], closed: false }
      sockets.push(socket)
      return {
        send: (text) => socket.said.push(JSON.parse(text)),
        close: () => {
          socket.closed = true
        },
      }
    },
    now,
    after: (pause, run) => {
      const timer = { at: ms + pause, run }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    },
    chance: () => 1,
    reload: () => {
      reloads += 1
    },
    shut: (code) => shut.push(code),
  }
  const feed = new Feed(edge, (event) => told.push(event))
  const last = () => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('nothing was connected')
    return socket
  }
  /** Time passes; timers that are due run in order. */
  const pass = (by: number) => {
    const until = ms + by
    for (;;) {
      const due = timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      timers.splice(timers.indexOf(due), 1)
      ms = Math.max(ms, due.at)
      due.run()
    }
    ms = until
  }
  const say = (message: object) => last().events.text(JSON.stringify(message))
  const moment = { monoUs: 1, wallUs: 1 }
  const hello = (run = 'r1', wire = 1) =>
    say({ kind: 'hello', wire, version: '0', run, boot: 'b', zone: 'UTC', now: moment })
  const snapshot = (chair: string, head: number) =>
    say({ kind: 'snapshot', chair, head, now: moment, latest: [], every: [] })
  const history = (chair: string, through: number, more = {}) =>
    say({ kind: 'history', chair, items: [], through, done: true, ...more })
  const items = (chair: string, seq: number) =>
    say({
      kind: 'items',
      chair,
      now: moment,
      items: [{ is: 'link', seq, source: 's', state: 'live', reason: '', since: moment }],
    })
  const sleep = (by: number) => {
    sleptMs += by
  }
  return {
    feed,
    sockets,
    timers,
    told,
    last,
    pass,
    say,
    hello,
    snapshot,
    history,
    items,
    sleep,
    reloads: () => reloads,
    shut,
  }
}

const wanted = (windowS: number, ...chairs: string[]) => new Map(chairs.map((chair) => [chair, windowS]))

test('chairs are asked for after hello, not before', () => {
  const w = world()
  w.feed.follow(wanted(900, '1', '2'))
  w.feed.connect()
  expect(w.last().said).toEqual([])
  w.hello()
  expect(w.last().said).toEqual([
    { kind: 'follow', chair: '1', windowS: 900 },
    { kind: 'follow', chair: '2', windowS: 900 },
  ])
})

test('h03 after a broken connection each chair goes on where it was', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(900, '1', '2'))
  w.snapshot('1', 10)
  w.history('1', 10)
  w.items('1', 17)
  w.snapshot('2', 40)
  w.last().events.closed('the cable was pulled')
  w.pass(PAUSE_MAX_MS)
  w.hello()
  expect(w.last().said).toEqual([
    { kind: 'follow', chair: '1', after: 17, windowS: 900 },
    { kind: 'follow', chair: '2', windowS: 900 },
  ])
})

test('h09 what was dropped is asked for from before the hole', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(900, '1'))
  w.snapshot('1', 10)
  w.history('1', 10)
  w.items('1', 12)
  w.say({ kind: 'dropped', count: 5 })
  w.items('1', 20)
  w.say({ kind: 'dropped', count: 5 })
  w.items('1', 30)
  w.pass(2000)
  expect(w.last().said.slice(1)).toEqual([{ kind: 'follow', chair: '1', after: 12, windowS: 900 }])
  w.snapshot('1', 31)
  w.items('1', 33)
  w.history('1', 31)
  w.last().events.closed('')
  w.pass(PAUSE_MAX_MS)
  w.hello()
  expect(w.last().said).toEqual([{ kind: 'follow', chair: '1', after: 33, windowS: 900 }])
})

test('a history with holes is asked for again from before them', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(900, '1'))
  w.snapshot('1', 10)
  w.history('1', 10, { incomplete: true })
  w.pass(14_000)
  expect(w.last().said).toHaveLength(1)
  w.pass(2_000)
  expect(w.last().said[1]).toEqual({ kind: 'follow', chair: '1', windowS: 900 })
})

test('a jump in the sequence is no hole: not every entry is sent to screens', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(900, '1'))
  w.snapshot('1', 10)
  w.history('1', 10)
  w.items('1', 11)
  w.items('1', 500)
  w.pass(60_000)
  expect(w.last().said).toHaveLength(1)
})

test('after a restart of the server its numbers may be given again: nothing is skipped', () => {
  const w = world()
  w.feed.connect()
  w.hello('r1')
  w.feed.follow(wanted(900, '1'))
  w.snapshot('1', 10)
  w.history('1', 10)
  w.last().events.closed('')
  w.pass(PAUSE_MAX_MS)
  w.hello('r2')
  expect(w.last().said).toEqual([{ kind: 'follow', chair: '1', windowS: 900 }])
})

test('a longer window asks anew, a shorter one says nothing', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(0, '1', '2'))
  w.snapshot('1', 10)
  w.feed.follow(
    new Map([
      ['1', 3600],
      ['2', 0],
    ]),
  )
  w.feed.follow(wanted(0, '1', '2'))
  w.feed.follow(wanted(0, '2'))
  expect(w.last().said.slice(2)).toEqual([
    { kind: 'follow', chair: '1', windowS: 3600 },
    { kind: 'unfollow', chair: '1' },
  ])
})

test('no history wanted: a break does not ask for the longest', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(0, '1'))
  w.snapshot('1', 10)
  w.items('1', 11)
  w.last().events.closed('')
  w.pass(PAUSE_MAX_MS)
  w.hello()
  expect(w.last().said).toEqual([{ kind: 'follow', chair: '1', windowS: 0 }])
})

test('a refused chair is asked for again when the chairs change, and not before', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(900, '9'))
  w.say({ kind: 'refused', chair: '9', reason: 'there is no such chair' })
  w.feed.follow(wanted(900, '9'))
  w.pass(100)
  expect(w.last().said).toHaveLength(1)
  w.say({ kind: 'roster', chairs: [{ id: '9', name: 'Nine' }], feeds: [] })
  expect(w.last().said).toHaveLength(2)
})

test('h25 a slow screen does not ask more often than it may', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.follow(wanted(900, ...Array.from({ length: 24 }, (_, n) => String(n))))
  for (let s = 0; s < 60; s++) {
    w.say({ kind: 'dropped', count: 1 })
    w.pass(1000)
  }
  expect(w.last().said.length).toBeLessThan(60)
  expect(w.last().said.length).toBeGreaterThan(24)
})

test('pauses grow to 5 s and no further, and start over once greeted', () => {
  const w = world()
  w.feed.connect()
  const pauses: number[] = []
  for (let n = 0; n < 8; n++) {
    w.last().events.closed('refused')
    pauses.push(w.timers[0]?.at ?? Number.NaN)
    const before = w.sockets.length
    while (w.sockets.length === before) w.pass(50)
  }
  const gaps = pauses.map((at, n) => at - (pauses[n - 1] ?? 0))
  expect(Math.max(...gaps)).toBeLessThanOrEqual(PAUSE_MAX_MS + 50)
  expect(gaps.at(-1)).toBeGreaterThan(gaps[0] ?? 0)
  w.hello()
  w.last().events.closed('')
  const before = w.sockets.length
  w.pass(300)
  expect(w.sockets.length).toBe(before + 1)
})

test('h03 a connection without frames is left after 5 s', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  for (let n = 0; n < QUIET_RECONNECT_MS / 250; n++) {
    w.pass(250)
    w.feed.look()
  }
  expect(w.last().closed).toBe(false)
  w.pass(250)
  w.feed.look()
  expect(w.sockets[0]?.closed).toBe(true)
  w.pass(PAUSE_MAX_MS)
  expect(w.sockets).toHaveLength(2)
})

test('h03 after a sleep the old connection is not believed: what queued up in it is old', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.look()
  w.sleep(60_000)
  w.feed.look()
  expect(w.sockets).toHaveLength(2)
  expect(w.sockets[0]?.closed).toBe(true)
  const before = w.told.length
  w.sockets[0]?.events.text('{"kind":"beat"}')
  expect(w.told.length, 'what the old socket still says').toBe(before)
})

test('another wire loads another bundle, whatever else its hello says', () => {
  const w = world()
  w.feed.connect()
  w.hello('r1', 2)
  expect(w.reloads()).toBe(1)
  expect(w.told.some((event) => event.kind === 'message')).toBe(false)
  w.say({ kind: 'hello', wire: 3, hours: true })
  expect(w.reloads()).toBe(2)
})

test('what is not understood is counted and no sign of life', () => {
  const w = world()
  w.feed.connect()
  for (const text of ['{', '[]', '{"kind":"tomorrow"}', '{"kind":"beat"}']) w.last().events.text(text)
  expect(w.told.map((event) => event.kind)).toEqual(['ignored', 'ignored', 'ignored', 'ignored'])
})

test.each([4401, 4403])('s12 a connection that is closed because of who is signed in says so: %i', (code) => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.last().events.closed('', code)
  expect(w.shut).toEqual([code])
  w.last().events.closed('', 1006)
  expect(w.shut).toEqual([code])
})

test('while nobody is signed in nothing is connected, not even after a sleep', () => {
  const w = world()
  w.feed.connect()
  w.hello()
  w.feed.rest()
  expect(w.told.at(-1)?.kind).toBe('down')
  w.pass(60_000)
  w.sleep(600_000)
  w.feed.look()
  expect(w.sockets.length).toBe(1)
  w.feed.connect()
  expect(w.sockets.length).toBe(2)
})
