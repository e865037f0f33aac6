import { expect, test } from 'vitest'
import type { Answer, Press, Queued } from '../model/outbox'
import { ANYBODY, type Sender } from '../model/sender'
import type { DoAct } from '../wire/wire'
import { type Keep, Outbox, type OutboxEdge } from './outbox'

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  chair: '1',
  session: '1-10',
  by: { name: 'Ada Nurse', role: 'nurse' },
  wallUs: 5e9,
  pressedMs: 5000,
  late: false,
  act: { is: 'entry', entry: 'note', text: key },
  ...more,
})

/** A browser: one store and one lock, and as many tabs as a test opens; the server answers what `answer` says. */
class Browser {
  readonly stored = new Map<string, string>()
  readonly sent: string[] = []
  readonly bodies: DoAct[] = []
  readonly tabs: Outbox[] = []
  readonly timers: (() => void)[] = []
  keeps = true
  sender: Sender = ANYBODY
  asked = 0
  nowMs = 5000
  answer: (body: DoAct) => Answer | 'nothing' = () => ({ is: 'done', recorded: 100 + this.sent.length })
  #turn: Promise<void> = Promise.resolve()

  readonly keep: Keep = {
    all: async () => ({ items: [...this.stored.values()].map((text) => JSON.parse(text) as Queued), unreadable: 0 }),
    put: async (item) => {
      if (!this.keeps) throw new Error('quota')
      this.stored.set(item.key, JSON.stringify(item))
    },
    remove: async (key) => {
      this.stored.delete(key)
    },
    renew: async () => undefined,
  }

  tab(): Outbox {
    const edge: OutboxEdge = {
      keep: this.keep,
      post: async (_chair, body) => {
        this.sent.push(body.key)
        this.bodies.push(body)
        const answer = this.answer(body)
        if (answer === 'nothing') throw new Error('offline')
        return answer
      },
      alone: (run) => {
        this.#turn = this.#turn.then(run)
        return this.#turn
      },
      after: (_ms, run) => {
        this.timers.push(run)
        return () => this.timers.splice(this.timers.indexOf(run), 1)
      },
      nowMs: () => this.nowMs,
      sender: () => this.sender,
      whoIsIt: () => {
        this.asked += 1
      },
      tell: () => {
        for (const other of this.tabs) void other.look()
      },
    }
    const tab = new Outbox(edge)
    this.tabs.push(tab)
    return tab
  }
}

const shown = (tab: Outbox) => tab.queue.map(({ key, is }) => `${key} ${is}`)

test('a press is kept before it is sent, and gone from the store when the server has it', async () => {
  const browser = new Browser()
  browser.answer = () => {
    expect(browser.stored.size).toBe(1)
    return { is: 'done', recorded: 101 }
  }
  const tab = browser.tab()
  await tab.press(press('a'))
  expect(browser.sent).toEqual(['a'])
  expect(browser.stored.size).toBe(0)
  expect(shown(tab)).toEqual(['a sent'])
})

test('without a server everything waits, in order, and goes once when it is back', async () => {
  const browser = new Browser()
  browser.answer = () => 'nothing'
  const tab = browser.tab()
  for (const key of ['a', 'b', 'c']) await tab.press(press(key))
  expect(shown(tab)).toEqual(['a waiting', 'b waiting', 'c waiting'])
  // Only the first is tried: the order is kept.
  expect(new Set(browser.sent)).toEqual(new Set(['a']))
  expect(browser.timers.length).toBe(1)
  browser.sent.length = 0
  browser.nowMs = 125_000
  browser.answer = () => ({ is: 'done', recorded: 101 })
  await tab.pump()
  expect(browser.sent).toEqual(['a', 'b', 'c'])
  expect(browser.bodies.at(-1)).toMatchObject({ wallUs: 5e9, late: false })
  expect(browser.stored.size).toBe(0)
})

test('what was left by a page that is gone is sent by the next one', async () => {
  const browser = new Browser()
  browser.answer = () => 'nothing'
  await browser.tab().press(press('a'))
  browser.tabs.length = 0
  browser.answer = () => ({ is: 'done', recorded: 7 })
  browser.sent.length = 0
  const next = browser.tab()
  await next.pump()
  expect(browser.sent).toEqual(['a'])
})

test('h19 two tabs send each press once', async () => {
  const browser = new Browser()
  browser.answer = () => 'nothing'
  const [one, two] = [browser.tab(), browser.tab()]
  await one.press(press('a'))
  await two.press(press('b'))
  browser.answer = () => ({ is: 'done', recorded: 7 })
  browser.sent.length = 0
  await Promise.all([one.pump(), two.pump()])
  expect([...browser.sent].sort()).toEqual(['a', 'b'])
  await Promise.all([one.look(), two.look()])
  expect([...one.queue, ...two.queue].filter(({ is }) => is === 'waiting')).toEqual([])
})

test('a refused act keeps its sentence over a restart until a person drops it', async () => {
  const browser = new Browser()
  browser.answer = () => ({ is: 'refused', sentence: 'undoing needs a reason' })
  await browser.tab().press(press('a'))
  browser.tabs.length = 0
  const next = browser.tab()
  await next.pump()
  expect(next.queue).toMatchObject([{ key: 'a', is: 'refused', sentence: 'undoing needs a reason' }])
  expect(browser.sent).toEqual(['a'])
  await next.drop('a')
  expect(next.queue).toEqual([])
  expect(browser.stored.size).toBe(0)
})

test('what follows an opening goes to the session it opened, also after a restart', async () => {
  const browser = new Browser()
  browser.answer = () => 'nothing'
  const { session: _, ...opening } = press('open')
  const { session: __, ...after } = press('fact', { after: 'open' })
  await browser.tab().press(opening, after)
  browser.tabs.length = 0
  browser.answer = ({ session }) => ({ is: 'done', recorded: session === undefined ? 42 : 43 })
  await browser.tab().pump()
  expect(browser.bodies.at(-1)).toMatchObject({ key: 'fact', session: '1-42' })
})

test('a browser that keeps nothing says so and sends all the same', async () => {
  const browser = new Browser()
  browser.keeps = false
  const tab = browser.tab()
  await tab.press(press('a'))
  expect(tab.kept).toBe(false)
  expect(browser.sent).toEqual(['a'])
})

test('s05 what one nurse pressed waits while another is signed in, and goes when she is back', async () => {
  const browser = new Browser()
  const outbox = browser.tab()
  browser.answer = () => 'nothing'
  await outbox.press(press('a', { account: 'a1' }))
  browser.sender = { is: 'one', id: 'a2', by: { name: 'Ben Beck', role: 'nurse' } }
  browser.answer = () => ({ is: 'done', recorded: 101 })
  browser.sent.length = 0
  await outbox.press(press('b', { account: 'a2', by: { name: 'Ben Beck', role: 'nurse' } }))
  expect(browser.sent).toEqual(['b'])
  expect(browser.stored.has('a')).toBe(true)
  browser.sender = { is: 'one', id: 'a1', by: { name: 'Ada Nurse', role: 'nurse' } }
  await outbox.changed()
  expect(browser.sent).toEqual(['b', 'a'])
  expect(browser.stored.size).toBe(0)
})

test('the server says it is somebody else: who it is is asked, the press stays and is sent later', async () => {
  const browser = new Browser()
  const outbox = browser.tab()
  browser.answer = () => ({ is: 'who' })
  await outbox.press(press('a', { account: 'a1' }))
  expect(browser.asked).toBe(1)
  expect(outbox.queue.map(({ is }) => is)).toEqual(['waiting'])
  expect(browser.timers.length).toBe(1)
  browser.answer = () => ({ is: 'done', recorded: 101 })
  await outbox.changed()
  expect(outbox.queue.map(({ is }) => is)).toEqual(['sent'])
})
