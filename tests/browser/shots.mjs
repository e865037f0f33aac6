// Pictures of every screen in every state, from constructed clinics, into shots/ with a page that shows them all.
// `cargo xtask shots`, or `node tests/browser/shots.mjs [words of the names]`. What does not fit, what axe finds and what is out
// of view is printed. With `--docs` only the pictures of the README and the documents, into docs/images.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bedside, CLINIC } from '../../web/tools/bedside.mjs'
import { clinic } from '../../web/tools/room.mjs'

const top = fileURLToPath(new URL('../..', import.meta.url))
const web = path.join(top, 'web')
const webRequire = createRequire(path.join(web, 'package.json'))
const { chromium } = webRequire('playwright-core')
const { createServer } = await import(pathToFileURL(webRequire.resolve('vite')).href)
const axeSource = await readFile(webRequire.resolve('axe-core/axe.min.js'), 'utf8')

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const TABLET = { 'tablet-small': [1024, 768], tablet: [1280, 800], desktop: [1920, 1080] }
const PANEL = { desktop: [1920, 1080], wall: [3840, 2160] }
/** A picture takes no longer to stand still. */
const SETTLE_MS = 700

// The screens.

/** The wall of so many chairs: every standing, and every trouble once. */
const wall = (count, more = {}) => ({
  route: '/',
  sizes: count <= 4 ? { tablet: TABLET.tablet, ...PANEL } : PANEL,
  tells: (start) => {
    const kinds = [
      'infusing',
      'observing',
      'paused',
      'infusing',
      'baseline',
      'checked in',
      'planned',
      'cleaning',
      'empty',
      'free',
      'ready',
      'infusing',
    ]
    const troubles = {
      2: 'lost',
      3: 'doubtful',
      4: 'urgent',
      5: 'absent',
      12: 'look',
      14: 'notice',
      16: 'late',
      18: 'seen',
    }
    const it = clinic({
      kinds: Array.from({ length: count }, (_, n) => kinds[n % kinds.length]),
      start,
      troubles: count === 1 ? {} : troubles,
    })
    return {
      first: () => [it.hello(), it.roster(), { kind: 'clinic', clinic: { ...CLINIC, testing: more.testing ?? [] } }],
      chair: (id, s) => {
        const n = Number(id) - 1
        return [it.snapshot(n, s), it.session(n), it.notices(n, s), it.history(n, 10)].filter(Boolean)
      },
      each: (s) => [
        ...it.chairs.flatMap((_, n) =>
          ['lost', 'late'].includes(troubles[n + 1]) && count > 1 ? [] : [it.items(n, s)],
        ),
        it.beat(s),
      ],
    }
  },
  ready: '[data-chair]',
  ...more,
})

/** The live screen of a constructed chair; `does` is what a person does there. */
const live = (chair, does, more = {}) => ({
  route: '/chair/1',
  sizes: TABLET,
  tells: (start) => {
    const it = bedside({ wallUs: start.wallUs, ...chair })
    return {
      first: () => [it.hello(), it.roster(), it.clinic()],
      chair: (id, s) => (id === '1' ? [it.snapshot(s), it.session(), it.notices(), it.history()] : []),
      each: (s) => [it.items(s), it.beat(s, more.recording)].filter(Boolean),
    }
  },
  ready: 'main[data-chair][data-word]',
  does,
  person: true,
  ...more,
})

/** A recorded session of fixtures/wire. */
const replay = (name, route, more = {}) => ({
  route: `${route}?replay=${name}`,
  sizes: TABLET,
  ready: 'main, .wall',
  ...more,
})

const click = (selector) => async (page) => page.locator(selector).first().click()
const keys =
  (...pressed) =>
  async (page) => {
    for (const key of pressed) await page.keyboard.press(key)
  }
const hold = (act) => async (page) => {
  await page.locator(`[data-act="${act}"]`).hover()
  await page.mouse.down()
  await page.locator('[data-sheet]').waitFor()
  await page.mouse.up()
}
/** Nothing reaches the server any more; what is pressed waits. */
const offline = async (page) => {
  page.quiet = true
  for (const kind of ['pain', 'nausea']) {
    await page.locator(`[data-enter="${kind}"]`).click()
    await page.locator('[data-sheet] [data-score="2"]').first().click()
  }
  await page.locator('[data-unsent]').waitFor()
}

const NOT_RECORDING = {
  ok: false,
  sinceWallUs: Date.UTC(2026, 2, 14, 9, 41, 50) * 1000,
  reason: 'The disk with the log is full. Free space on the server; values are held and written later.',
}

/** Who is at the screen, as the server says it. */
const ME = {
  standing: 'in',
  person: { id: 'a1', name: 'Ada Nurse', roles: ['nurse'], actsAs: 'nurse' },
  rights: ['live', 'names', 'enter', 'comment', 'records', 'export', 'patients', 'rooms', 'sources', 'bytes'],
  lockAfterS: 900,
  people: ['Ada Nurse', 'Ben Beck', 'Dr. Maria-Fernanda Stein-Oberhauser', 'Tom Lee'].map((name, n) => ({
    id: `a${n + 1}`,
    name,
  })),
  codeNeeded: false,
  pinSet: true,
  codeSet: false,
}
const LEAD = {
  ...ME,
  person: {
    id: 'a3',
    name: 'Dr. Maria-Fernanda Stein-Oberhauser',
    roles: ['lead', 'administrator'],
    actsAs: 'clinician',
  },
  rights: [...ME.rights, 'decide', 'sign', 'settings', 'audit', 'accounts', 'administer'],
  codeSet: true,
}
const OUT = { ...ME, standing: 'out', person: null, rights: [], people: [] }
const account = (id, name, signInName, roles, more = {}) => ({
  ...{
    id,
    name,
    signInName,
    roles,
    enabled: true,
    invited: false,
    pinSet: true,
    codeSet: false,
    signIns: 1,
    mineToChange: true,
  },
  ...more,
})
const WHEN_US = Date.UTC(2026, 2, 14, 9, 41) * 1000
/** What the Rust types say of an EHR that is down. */
const EHR = JSON.parse(await readFile(new URL('../../fixtures/wire/ehr-page.json', import.meta.url), 'utf8'))
const ANSWERS = {
  '/api/accounts': {
    accounts: [
      account('a1', 'Ada Nurse', 'ada', ['nurse']),
      account('a2', 'Ben Beck', 'ben', ['nurse'], { signIns: 0, pinSet: false }),
      account('a3', LEAD.person.name, 'stein', ['lead', 'administrator'], { codeSet: true, signIns: 2 }),
      account('a4', 'Tom Lee', 'tom', ['biomed'], { invited: true, signIns: 0, pinSet: false, mineToChange: false }),
      account('a5', 'Eva Gone', 'eva', ['nurse', 'reviewer'], { enabled: false, signIns: 0 }),
    ],
  },
  '/api/accounts/a1': {
    account: account('a1', 'Ada Nurse', 'ada', ['nurse']),
    link: { id: 'a1', link: '/welcome#7F3KQ9ZT2MWXB4DH7F3KQ9ZT2MWXB4DH', untilUs: WHEN_US + 86_400e6 },
  },
  '/api/displays': {
    displays: [
      { id: 'd1', name: 'Corridor', opened: true, chairs: [] },
      { id: 'd2', name: 'Desk', opened: false, chairs: ['2'] },
    ],
    chairs: [
      { id: '1', name: 'Window' },
      { id: '2', name: 'Door' },
      { id: '3', name: 'Quiet room' },
    ],
  },
  '/api/tokens': {
    tokens: [
      {
        id: 't1',
        name: 'Viewer of the ward',
        scopes: ['fhir'],
        madeUs: WHEN_US,
        untilUs: WHEN_US + 31_536_000e6,
        over: false,
      },
      { id: 't2', name: 'Prometheus', scopes: ['metrics'], madeUs: WHEN_US, over: false },
    ],
  },
  '/api/me/sign-ins': {
    signIns: [
      { id: 's1', sinceUs: WHEN_US - 3600e6, lastUs: WHEN_US, from: '192.168.1.20', here: true },
      { id: 's2', sinceUs: WHEN_US - 9000e6, lastUs: WHEN_US - 4000e6, from: '192.168.1.31', here: false },
    ],
  },
  '/api/me/totp': {
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/Chairside:stein?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Chairside',
  },
  '/api/me/totp/confirm': { spare: Array.from({ length: 8 }, (_, n) => `k3f${n}-9x2m-t7p${n}`) },
  '/api/audit/find': {
    cursor: 'more',
    rows: Array.from({ length: 40 }, (_, n) => ({
      atUs: WHEN_US - n * 95e6,
      sequence: 4100 - n,
      who: ['Ada Nurse', 'Ben Beck', LEAD.person.name, ''][n % 4],
      ...(n % 3 === 0 ? { from: '192.168.1.20' } : { chair: '1', session: '1-900', patient: 'MRN-004711' }),
      what: ['signed in', 'viewed', 'entry', 'exported', 'sign-in failed'][n % 5],
      more: ['', '', 'note', 'pdf', ''][n % 5],
    })),
  },
}
const welcome = (said, more = {}) => ({
  ...wall(4),
  route: '/welcome#7F3KQ9ZT2MWXB4DH',
  sizes: TABLET,
  ready: 'main[data-welcome]:not([data-welcome="waiting"])',
  api: { '/api/me': OUT, '/api/welcome/look': said },
  ...more,
})
/** A part of the settings of somebody who leads. */
const ofLead = (part, does) => ({
  ...wall(4),
  route: part.startsWith('/') ? part : `/settings/${part}`,
  sizes: TABLET,
  ready: 'main',
  api: { ...ANSWERS, '/api/me': LEAD },
  does,
})
const LOCKED = { '/api/me': { ...ME, standing: 'locked' } }
const signInWith = (status, body) => ({
  ...wall(4),
  sizes: TABLET,
  ready: 'main[data-sign-in]',
  api: { '/api/me': OUT, '/api/sign-in': [status, body] },
  does: async (page) => {
    await page.locator('[name="sign-in-name"]').fill('ada')
    await page.locator('[name="password"]').fill('six sheep on a hill')
    await page.locator('[data-act="sign-in"]').click()
    await page.locator('.tried[data-try], [name="code"]').first().waitFor()
  },
})

const SCENES = {
  ...Object.fromEntries([1, 2, 4, 6, 9, 12, 16, 20, 24].map((n) => [`wall-${n}`, wall(n)])),
  'wall-16-near': wall(16, { keeps: { distance: 'near' } }),
  'wall-16-far': wall(16, { keeps: { distance: 'far' } }),
  'wall-test': wall(4, { testing: ['1', '3'] }),
  'wall-states': replay('states', '/', { sizes: { tablet: TABLET.tablet, ...PANEL } }),
  'wall-nobody': replay('nobody', '/'),
  'wall-not-recording': replay('not-recording', '/'),
  'wall-quiet': replay('sixteen-chairs', '/', { query: '&at=4000', wait: 4500, sizes: PANEL }),
  'wall-silent': replay('sixteen-chairs', '/', { query: '&at=4000', wait: 11_500, sizes: PANEL }),
  ...Object.fromEntries(
    ['planned', 'checked in', 'baseline', 'infusing', 'paused', 'observing', 'ready', 'discharged'].map((phase) => [
      `live-${phase.replace(' ', '-')}`,
      live({ phase }),
    ]),
  ),
  ...Object.fromEntries(
    [
      'lost',
      'pulled',
      'absent',
      'doubtful',
      'old',
      'conflict',
      'demo',
      'notices',
      'seen',
      'over',
      'monitor',
      'typed',
      'artefact',
    ].map((trouble) => [`live-${trouble}`, live({ trouble })]),
  ),
  'live-six': live({ series: 6 }),
  'live-six-notices': live({ series: 6, trouble: 'notices' }),
  'live-test': live({ test: true }),
  'live-test-start': live({ test: true, phase: 'discharged' }, click('[data-act="new"]')),
  'live-not-recording': live({}, undefined, { recording: NOT_RECORDING }),
  'live-offline': live({}, offline, { wait: 4000 }),
  'live-silent': live({}, offline, { wait: 10_500 }),
  'live-sound-blocked': live({}, undefined, { keeps: { sound: 'on' } }),
  'live-nobody-presses': live({}, undefined, { person: false }),
  'sheet-start': live({ phase: 'discharged' }, click('[data-act="new"]')),
  'sheet-start-wrong': live({ phase: 'discharged' }, async (page) => {
    await click('[data-act="new"]')(page)
    await click('[data-act="open"]')(page)
  }),
  'sheet-check-in-six': live({ phase: 'checked in', series: 6 }),
  'sheet-sedation': live({}, keys('s')),
  'sheet-pain': live({}, click('[data-enter="pain"]')),
  'sheet-effects': live({}, keys('e')),
  'sheet-effects-six': live({ series: 6 }, keys('e')),
  'sheet-note': live({}, keys('n')),
  'sheet-drug': live({}, keys('d')),
  'sheet-typed': live({}, keys('b')),
  'sheet-artefact': live({}, keys('m')),
  'sheet-limits': live({}, keys('l')),
  'sheet-help': live({}, keys('?')),
  'sheet-person': live({}, click('[data-person]')),
  'sheet-conflict': live({ trouble: 'conflict' }, click('[data-conflict] button')),
  'sheet-why-stop': live({}, hold('stop')),
  'sheet-go': live({ phase: 'baseline' }, click('[data-act="go"]')),
  'sheet-entries': live({}, click('[data-tab="entries"]')),
  'sheet-notices': live({ trouble: 'notices' }, click('[data-tab="notices"]')),
  'sheet-leaving': live({ phase: 'observing' }, click('[data-act="leaving"]')),
  'sheet-table': live({ series: 6 }, async (page) => page.getByRole('button', { name: 'Table' }).click()),
  ...Object.fromEntries(
    [
      'live',
      'delayed',
      'lost',
      'questionable',
      'old',
      'none',
      'demo',
      'empty',
      'pulse',
      'many',
      'measuring',
      'kpa',
    ].map((name, n) => [`alone-${name}`, replay('states', `/chair/${n + 1}`)]),
  ),
  'alone-nine-values': replay('nine-values', '/chair/1', { query: '&at=6000' }),
  'alone-devices-lost': replay('devices', '/chair/2', { query: '&at=2000' }),
  ...Object.fromEntries(
    ['room', 'templates', 'staff', 'leaving', 'limits', 'test', 'screen'].map((part) => [
      `settings-${part}`,
      {
        ...wall(4, { testing: ['3'] }),
        route: `/settings/${part}`,
        ready: 'main.settings',
        sizes: TABLET,
        person: true,
      },
    ]),
  ),
  'trial-live': live({}, undefined, { api: { '/api/me': { ...OUT, standing: 'trial' } } }),
  'trial-wall': wall(16, { api: { '/api/me': { ...OUT, standing: 'trial' } } }),
  'access-wall': wall(9, { api: { '/api/me': LEAD }, sizes: { ...PANEL, tablet: TABLET.tablet } }),
  'access-wall-locked': wall(9, { api: LOCKED, sizes: { ...PANEL, tablet: TABLET.tablet } }),
  'access-wall-display': wall(9, { api: { '/api/me': { ...OUT, standing: 'display', rights: ['live'] } } }),
  'access-live': live({}, undefined, { api: { '/api/me': ME } }),
  'access-live-locked': live({}, undefined, { api: LOCKED }),
  'access-who': live({}, click('[data-person]'), { api: { '/api/me': ME } }),
  'access-who-locked': live({}, keys('n'), { api: LOCKED }),
  'access-pin': live(
    {},
    async (page) => {
      await click('[data-enter="pain"]')(page)
      await click('[data-sheet] [data-score="2"]')(page)
      await click('[data-name-tile="Ben Beck"]')(page)
      await keys('4', '7')(page)
    },
    { api: LOCKED },
  ),
  'access-pin-wrong': live(
    {},
    async (page) => {
      await click('[data-person]')(page)
      await click('[data-name-tile="Ben Beck"]')(page)
      await keys('4', '7', '1', '1', 'Enter')(page)
      await page.locator('.tried[data-try]').waitFor()
    },
    { api: { ...LOCKED, '/api/switch': [401, { code: 'bad_secret', message: '' }] } },
  ),
  'access-pin-no-server': live(
    {},
    async (page) => {
      await click('[data-enter="pain"]')(page)
      await click('[data-sheet] [data-score="2"]')(page)
      await click('[data-name-tile="Ben Beck"]')(page)
      await keys('4', '7', '1', '1', 'Enter')(page)
      await page.locator('[data-act="keep-for"]').waitFor()
    },
    { api: LOCKED },
  ),
  'access-start-locked': live({ phase: 'discharged' }, click('[data-act="new"]'), { api: LOCKED }),
  'access-password': live(
    {},
    async (page) => {
      await click('[data-person]')(page)
      await click('[data-act="by-password"]')(page)
    },
    { api: LOCKED },
  ),
  'access-locked': { ...ofLead('/sessions'), api: LOCKED, ready: 'main[data-locked]' },
  'access-sign-in': { ...wall(4), sizes: TABLET, ready: 'main[data-sign-in]', api: { '/api/me': OUT } },
  'access-sign-in-ended': {
    ...wall(4),
    sizes: TABLET,
    ready: 'main[data-sign-in="ended"]',
    api: { '/api/me': OUT },
    session: { why: 'ended' },
  },
  'access-sign-in-wrong': signInWith(401, { code: 'bad_sign_in', message: 'Wrong.' }),
  'access-sign-in-wait': signInWith(429, { code: 'slow_down', message: 'Wait.' }),
  'access-sign-in-code': signInWith(401, { code: 'code_needed', message: 'Code.' }),
  'access-welcome-first': welcome({ for: 'first' }),
  'access-welcome-account': welcome({ for: 'account', name: 'Ben Beck', signInName: 'ben' }),
  'access-welcome-display': welcome({ for: 'display', name: 'Corridor' }),
  'access-welcome-gone': welcome([401, { code: 'bad_code', message: 'This code was used or its time is over.' }]),
  'access-welcome-no-code': welcome({ for: 'first' }, { route: '/welcome' }),
  'access-accounts': ofLead('accounts'),
  'access-accounts-edit': ofLead('accounts', click('[data-account-row="ada"] [data-act="edit"]')),
  'access-accounts-link': ofLead('accounts', async (page) => {
    await click('[data-account-row="ada"] [data-act="edit"]')(page)
    await click('[data-act="reset"]')(page)
    await page.locator('[data-link]').waitFor()
  }),
  'access-displays': ofLead('displays'),
  'access-displays-edit': ofLead('displays', click('[data-display="Desk"] [data-act="edit-display"]')),
  'access-me': ofLead('me'),
  'access-me-factor': ofLead('me', async (page) => {
    await page.locator('[data-form="factor"] [name="password"]').fill('six sheep on a hill')
    await click('[data-act="factor"]')(page)
    await page.locator('[data-secret]').waitFor()
  }),
  'access-set-up': { ...ofLead('/'), api: { ...ANSWERS, '/api/me': { ...LEAD, codeNeeded: true, codeSet: false } } },
  'access-set-up-spare': {
    ...ofLead('/', async (page) => {
      await page.locator('[data-form="factor"] [name="password"]').fill('six sheep on a hill')
      await click('[data-act="factor"]')(page)
      await page.locator('[name="code"]').fill('123456')
      await click('[data-act="confirm"]')(page)
      await page.locator('[data-spare]').waitFor()
    }),
    api: { ...ANSWERS, '/api/me': { ...LEAD, codeNeeded: true, codeSet: false } },
  },
  'access-audit': ofLead('/audit'),
  'access-no-patients': {
    ...wall(4),
    sizes: TABLET,
    ready: '[data-no-chairs]',
    api: {
      '/api/me': { ...ME, person: { id: 'a4', name: 'Tom Lee', roles: ['biomed'] }, rights: ['rooms', 'sources'] },
    },
  },
  'settings-feeds': replay('states', '/settings'),
  'settings-devices': replay('devices', '/settings'),
  sources: replay('states', '/sources'),
  health: replay('states', '/health'),
  ehr: { ...wall(4), route: '/ehr', sizes: TABLET, ready: '[data-ehr]', api: { '/api/me': ME, '/api/ehr': EHR } },
  ...Object.fromEntries(
    ['oxi-window', 'oxi-door', 'oxi-quiet-room', 'gateway', 'second-gateway'].map((id) => [
      `source-${id}`,
      replay('states', `/sources/${id}`),
    ]),
  ),
}

/** Pictures of the documents: where from, how large. */
const DOCS = [
  ['wall', 'wall-9', [1280, 720]],
  ['live', 'live-infusing', [1100, 768]],
  ['sources', 'source-oxi-window', [1100, 680]],
]

// What is looked for.

/** Text that is cut off or runs out of its box, and on the live screen values and trends out of view. */
const unfit = () => {
  const seen = (el) => {
    const { visibility } = getComputedStyle(el)
    return visibility !== 'hidden' && el.clientWidth > 1
  }
  const cut = [...document.querySelectorAll('#app *')]
    .filter((el) => {
      if (
        el.closest('canvas, svg, .uplot, .plot, .plots, .spark, .spark-line, .scroll, .clamp, .notice-text, .unseen') ||
        !seen(el)
      )
        return false
      const style = getComputedStyle(el)
      const clips = style.overflowX !== 'visible' || style.overflowY !== 'visible'
      const wide = el.scrollWidth > el.clientWidth + 2
      const high = el.scrollHeight > el.clientHeight + 2
      return style.display !== 'inline' && (wide || (clips && high && !/auto|scroll/.test(style.overflowY)))
    })
    .map(
      (el) =>
        `cut: ${el.tagName.toLowerCase()}.${el.className} "${el.textContent.slice(0, 50)}" ${el.scrollWidth}x${el.scrollHeight} in ${el.clientWidth}x${el.clientHeight}`,
    )
  const main = document.querySelector('main[data-chair]')
  if (main === null || innerWidth < 1000) return cut
  const inside = main.getBoundingClientRect()
  const below = [...main.querySelectorAll('.tile, .trend, .plot canvas, .side')]
    .filter((el) => el.getBoundingClientRect().bottom > inside.bottom + 1)
    .map((el) => `below: ${el.className} by ${Math.round(el.getBoundingClientRect().bottom - inside.bottom)} px`)
  return [...cut, ...below]
}

// The driver.

async function open(scene, theme, [width, height]) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.on('pageerror', (error) => fault(`${scene.name}: ${error}`))
  const keeps = {
    theme,
    ...(scene.person ? { person: JSON.stringify({ name: 'Ada Nurse', role: 'nurse' }) } : {}),
    ...scene.keeps,
  }
  await page.addInitScript((all) => {
    for (const [key, value] of Object.entries(all)) localStorage.setItem(`chairside.${key}`, value)
  }, keeps)
  await page.addInitScript((all) => {
    for (const [key, value] of Object.entries(all)) sessionStorage.setItem(`chairside.${key}`, value)
  }, scene.session ?? {})
  if (scene.tells !== undefined) await tell(page, scene)
  await page.route('**/api/**', (route) => answer(scene, route))
  await page.goto(base + scene.route + (scene.query ?? ''))
  await page.locator(scene.ready).first().waitFor()
  await page.waitForTimeout(SETTLE_MS)
  await scene.does?.(page)
  await page.waitForTimeout(scene.wait ?? SETTLE_MS)
  return page
}

/** Answers what the page asks once; without an answer there is no server for it. */
function answer({ api = {} }, route) {
  const found = api[new URL(route.request().url()).pathname]
  if (found === undefined) return route.abort()
  const [status, body] = Array.isArray(found) ? found : [200, found]
  return route.fulfill({ status, json: body, headers: status === 429 ? { 'retry-after': '20' } : {} })
}

/** Answers the page's socket as the server would. */
async function tell(page, scene) {
  await page.routeWebSocket('**/ws', (socket) => {
    const began = Date.now()
    const s = () => (Date.now() - began) / 1000
    const it = scene.tells({ monoUs: 86_400e6, wallUs: Date.UTC(2026, 2, 14, 9, 42) * 1000 })
    const say = (message) => page.quiet || socket.send(JSON.stringify(message))
    for (const message of it.first()) say(message)
    socket.onMessage((text) => {
      const asked = JSON.parse(text)
      if (asked.kind === 'follow') for (const message of it.chair(asked.chair, s())) say(message)
    })
    const timer = setInterval(() => {
      for (const message of it.each(s())) say(message)
    }, 500)
    page.on('close', () => clearInterval(timer))
  })
}

async function shoot(name, theme) {
  const scene = { name, ...SCENES[name] }
  const sizes = Object.entries(scene.sizes).filter(([size]) => only === undefined || only.includes(size))
  if (sizes.length === 0) return
  const page = await open(scene, theme, sizes[0][1])
  for (const [size, [width, height]] of sizes) {
    await page.setViewportSize({ width, height })
    await page.waitForTimeout(SETTLE_MS)
    const file = `${name}-${size}-${theme}.png`
    await page.screenshot({ path: path.join(folder, file) })
    for (const what of new Set(await page.evaluate(unfit))) fault(`${file}: ${what}`)
    pictures.push(file)
  }
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'label-content-name-mismatch': { enabled: true } },
    }),
  )
  for (const { id, nodes } of violations)
    fault(
      `${name}-${theme}: axe ${id}: ${nodes
        .slice(0, 3)
        .map((n) => n.target.join(' '))
        .join(' | ')}`,
    )
  await page.context().close()
}

async function shootDocs() {
  for (const [name, from, size] of DOCS) {
    const page = await open({ name: from, ...SCENES[from] }, 'dark', size)
    await page.waitForTimeout(2000)
    await page.screenshot({ path: path.join(top, 'docs/images', `${name}.png`) })
    await page.context().close()
  }
}

const index = () => `<!doctype html><meta charset="utf-8"><title>Chairside: every screen in every state</title>
<style>body{font:16px system-ui;background:#222;color:#eee}figure{display:inline-block;width:31%;margin:.5%}img{width:100%}input{font:inherit;width:20em}</style>
<input placeholder="part of a name" oninput="for(const f of document.querySelectorAll('figure'))f.hidden=!f.id.includes(this.value)">
${pictures.map((file) => `<figure id="${file}"><a href="${file}"><img loading="lazy" src="${file}"></a><figcaption>${file.replace('.png', '')}</figcaption></figure>`).join('\n')}\n`

const only = process.argv
  .find((it) => it.startsWith('--sizes='))
  ?.slice(8)
  .split(',')
const words = process.argv.slice(2).filter((it) => !it.startsWith('--'))
const themes = process.argv.includes('--dark') ? ['dark'] : ['dark', 'light']
const folder = path.join(top, 'shots')
const pictures = []
let faults = 0
const fault = (says) => {
  faults += 1
  console.log(says)
}
const vite = await createServer({
  root: web,
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  logLevel: 'error',
})
await vite.listen()
const base = `http://127.0.0.1:${vite.httpServer.address().port}`
const browser = await chromium.launch({
  executablePath: process.env.CHAIRSIDE_CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
})
try {
  if (process.argv.includes('--docs')) await shootDocs()
  else {
    const names = Object.keys(SCENES).filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    if (words.length === 0) await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    for (const name of names) {
      for (const theme of themes)
        await shoot(name, theme).catch((error) => fault(`${name}-${theme}: ${String(error).split('\n')[0]}`))
    }
    await writeFile(path.join(folder, 'index.html'), index())
    console.log(`${pictures.length} pictures in shots/index.html, ${faults} findings`)
  }
} finally {
  await browser.close()
  await vite.close()
}
process.exit(0)
