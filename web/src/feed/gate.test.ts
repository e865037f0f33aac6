import { expect, test } from 'vitest'
import type { Me } from '../wire/wire'
import { Gate, type GateEdge, type Said } from './gate'

const ANA: Me = {
  standing: 'in',
  person: { id: 'a1', name: 'Ana Nurse', roles: ['nurse'], actsAs: 'nurse' },
  rights: ['live', 'enter'],
  lockAfterS: 900,
  people: [{ id: 'a2', name: 'Ben Beck' }],
  codeNeeded: false,
  pinSet: true,
  codeSet: false,
}
const BEN: Me = { ...ANA, person: { id: 'a2', name: 'Ben Beck', roles: ['nurse'], actsAs: 'nurse' } }
const OUT: Me = { ...ANA, standing: 'out', person: null, rights: [], people: [] }

/** One device: what its tabs share, a server that answers what `answers` says, a clock that is set by hand. */
class Device {
  nowMs = 1_000_000
  touchedMs = 0
  locked = false
  readonly asked: string[] = []
  readonly timers: { at: number; run: () => void }[] = []
  readonly tabs: Gate[] = []
  answers: (path: string, body: unknown) => Said | 'nothing' = () => said(200, ANA)

  tab(): Gate {
    const edge: GateEdge = {
      ask: async (_method, path, body) => {
        this.asked.push(path)
        const answer = this.answers(path, body)
        if (answer === 'nothing') throw new Error('offline')
        return answer
      },
      nowMs: () => this.nowMs,
      after: (ms, run) => {
        const timer = { at: this.nowMs + ms, run }
        this.timers.push(timer)
        return () => this.timers.splice(this.timers.indexOf(timer), this.timers.includes(timer) ? 1 : 0)
      },
      shared: {
        touchedMs: () => this.touchedMs,
        touch: (ms) => {
          this.touchedMs = ms
        },
        isLocked: () => this.locked,
        setLocked: (on) => {
          this.locked = on
        },
      },
      tell: () => {
        for (const other of this.tabs) if (other !== gate) void other.heard()
      },
    }
    const gate = new Gate(edge)
    this.tabs.push(gate)
    return gate
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms
    for (const due of this.timers.filter(({ at }) => at <= this.nowMs)) {
      this.timers.splice(this.timers.indexOf(due), 1)
      due.run()
    }
    await rest()
  }
}

const said = (status: number, body: unknown, retryS?: number): Said => ({ status, body, retryS })
const rest = () => new Promise((done) => setTimeout(done, 0))

test('a server that does not answer is asked again, and until then nobody is signed out', async () => {
  const device = new Device()
  const gate = device.tab()
  device.answers = () => 'nothing'
  await gate.ask()
  expect(gate.standing).toBe('unknown')
  device.answers = () => said(200, ANA)
  await device.pass(1_000)
  expect(gate.standing).toBe('in')
  device.answers = () => 'nothing'
  await gate.ask()
  expect(gate.standing).toBe('in')
})

test('an answer that is older than a sign-in changes nothing', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  let late: (answer: Said) => void = () => undefined
  const slow = new Promise<Said>((done) => {
    late = done
  })
  device.answers = () => slow as unknown as Said
  const asking = gate.ask()
  device.answers = () => said(200, BEN)
  await gate.switchTo('a2', '4711')
  late(said(200, ANA))
  await asking
  expect(gate.person?.name).toBe('Ben Beck')
})

test.each<[string, Said | 'nothing', object]>([
  ['wrong', said(401, { code: 'bad_sign_in', message: '' }), { is: 'wrong' }],
  ['wrong PIN', said(401, { code: 'bad_secret', message: '' }), { is: 'wrong' }],
  ['second factor', said(401, { code: 'code_needed', message: '' }), { is: 'code' }],
  ['too many PINs', said(401, { code: 'pin_spent', message: '' }), { is: 'full' }],
  ['slow down', said(429, { code: 'slow_down', message: '' }, 7), { is: 'wait', seconds: 7 }],
  ['slow down, no time said', said(429, undefined), { is: 'wait', seconds: 1 }],
  ['refused', said(422, { code: 'bad_password', message: 'Too common.' }), { is: 'refused', message: 'Too common.' }],
  ['an answer that is none', said(200, { standing: 'in' }), { is: 'refused', message: '200' }],
  ['no server', 'nothing', { is: 'noAnswer' }],
])('s08 what became of a try is told apart: %s', async (_, answer, became) => {
  const device = new Device()
  const gate = device.tab()
  device.answers = () => answer
  expect(await gate.signIn('ana', 'six sheep on a hill')).toEqual(became)
  expect(gate.person).toBeUndefined()
})

test('s11 a device that nobody touches is locked in all its tabs; a touch in one of them counts for all', async () => {
  const device = new Device()
  const [one, other] = [device.tab(), device.tab()]
  await Promise.all([one.ask(), other.ask()])
  for (const tab of [one, other]) tab.look()
  device.nowMs += 890_000
  other.touched()
  device.nowMs += 20_000
  one.look()
  expect(one.standing).toBe('in')
  device.nowMs += 880_000
  one.look()
  await rest()
  expect([one.standing, other.standing]).toEqual(['locked', 'locked'])
  expect(one.person).toBeUndefined()
  expect(device.asked).toContain('/api/lock')
})

test('s11 the touch that wakes a machine does not keep it open', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  gate.look()
  device.nowMs += 3_600_000
  gate.touched()
  expect(gate.standing).toBe('locked')
})

test('s11 a lock counts without the server, and is told to it when it is back', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  device.answers = () => 'nothing'
  gate.lock()
  await rest()
  expect(gate.standing).toBe('locked')
  expect(await gate.switchTo('a2', '4711')).toEqual({ is: 'noAnswer' })
  expect(gate.standing).toBe('locked')
  device.answers = (path) => said(200, path === '/api/lock' ? { ...ANA, standing: 'locked' } : ANA)
  device.nowMs += 5_000
  gate.look()
  await rest()
  expect(device.asked.filter((path) => path === '/api/lock')).toHaveLength(2)
  expect(gate.me?.standing).toBe('locked')
})

test('a switch opens the lock in every tab, under the new name', async () => {
  const device = new Device()
  const [one, other] = [device.tab(), device.tab()]
  await Promise.all([one.ask(), other.ask()])
  one.lock()
  await rest()
  device.answers = () => said(200, BEN)
  expect(await one.switchTo('a2', '4711')).toEqual({ is: 'in' })
  await rest()
  expect([one.person?.name, other.person?.name]).toEqual(['Ben Beck', 'Ben Beck'])
})

test('s12 a sign-in that was ended elsewhere says so; one that was left by hand says that', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  device.answers = () => said(200, OUT)
  await gate.shut('rights')
  expect([gate.standing, gate.access.why]).toEqual(['out', 'rights'])
  device.answers = () => said(200, ANA)
  await gate.signIn('ana', 'six sheep on a hill')
  expect(gate.access.why).toBeUndefined()
  device.answers = () => said(200, OUT)
  expect(await gate.signOut()).toBe(true)
  expect(gate.access.why).toBe('byHand')
})

test('who closed a socket while a sign-in still stands changes nothing on the screen', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  await gate.shut('ended')
  expect([gate.standing, gate.access.why]).toEqual(['in', undefined])
})

test('without an answer nobody is signed out', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  device.answers = () => 'nothing'
  expect(await gate.signOut()).toBe(false)
  expect(gate.standing).toBe('in')
})

test('the server is told of touches at most once a minute, and never by a screen that is locked', async () => {
  const device = new Device()
  const gate = device.tab()
  await gate.ask()
  const told = () => device.asked.filter((path) => path === '/api/me/active').length
  for (let n = 0; n < 30; n += 1) {
    gate.touched()
    device.nowMs += 1_000
  }
  expect(told()).toBe(1)
  device.nowMs += 31_000
  gate.touched()
  expect(told()).toBe(2)
  gate.lock()
  device.nowMs += 61_000
  gate.touched()
  expect(told()).toBe(2)
})
