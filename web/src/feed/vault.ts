/**
 * Unsent presses in this browser's own store, so that a reload or a crash costs none. They name patients: each is encrypted
 * with a key of the tab and of the time one person was signed in there. That key cannot be read out; it lies in the same store,
 * because a restarted browser has to send what is left. It goes with the last press it was needed for.
 */
import type { Queued } from '../model/outbox'
import type { Keep } from './outbox'

const NAME = 'chairside'
const PRESSES = 'presses'
const KEYS = 'keys'

/** A press as it lies there. */
interface Sealed {
  readonly key: string
  readonly iv: Uint8Array<ArrayBuffer>
  readonly data: ArrayBuffer
}

/** A request of the store as a promise. */
function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result)
    request.onerror = () => failed(request.error)
  })
}

/** A transaction that is on disk. */
function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done()
    transaction.onabort = () => failed(transaction.error)
  })
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(PRESSES)
    request.result.createObjectStore(KEYS)
  }
  return asked(request)
}

class Vault implements Keep {
  readonly #database: IDBDatabase
  #name = crypto.randomUUID()
  #key: CryptoKey

  constructor(database: IDBDatabase, key: CryptoKey) {
    this.#database = database
    this.#key = key
  }

  async all() {
    const transaction = this.#database.transaction([PRESSES, KEYS])
    const [presses, keys] = [transaction.objectStore(PRESSES), transaction.objectStore(KEYS)]
    const [sealed, names, values] = await Promise.all([
      asked<Sealed[]>(presses.getAll()),
      asked(keys.getAllKeys()),
      asked<CryptoKey[]>(keys.getAll()),
    ])
    const byName = new Map(names.map((name, n) => [String(name), values[n]]))
    const opened = await Promise.all(sealed.map((it) => unseal(it, byName.get(it.key))))
    const items = opened.filter((it) => it !== undefined)
    return { items, unreadable: sealed.length - items.length }
  }

  async put(item: Queued) {
    // Both of one person: they may be renewed while this waits.
    const [key, name] = [this.#key, this.#name]
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const plain = new TextEncoder().encode(JSON.stringify(item))
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)
    const transaction = this.#database.transaction([PRESSES, KEYS], 'readwrite', { durability: 'strict' })
    transaction.objectStore(KEYS).put(key, name)
    const sealed: Sealed = { key: name, iv, data }
    transaction.objectStore(PRESSES).put(sealed, item.key)
    await done(transaction)
  }

  async renew() {
    this.#key = await newKey()
    this.#name = crypto.randomUUID()
    await this.#sweep()
  }

  async remove(press: string) {
    await this.#sweep(press)
  }

  /** Takes a press away, and every key that seals nothing. */
  async #sweep(press?: string) {
    const transaction = this.#database.transaction([PRESSES, KEYS], 'readwrite', { durability: 'strict' })
    const [presses, keys] = [transaction.objectStore(PRESSES), transaction.objectStore(KEYS)]
    if (press !== undefined) presses.delete(press)
    const used = new Set((await asked<Sealed[]>(presses.getAll())).map(({ key }) => key))
    for (const name of await asked(keys.getAllKeys())) if (!used.has(String(name))) keys.delete(name)
    await done(transaction)
  }
}

const newKey = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

async function unseal({ iv, data }: Sealed, key: CryptoKey | undefined): Promise<Queued | undefined> {
  if (key === undefined) return undefined
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data)
    return JSON.parse(new TextDecoder().decode(plain)) as Queued
  } catch {
    return undefined
  }
}

/** The store of this browser; `undefined` where it has none, or no encryption (a page without a secure context). */
export async function openVault(): Promise<Keep | undefined> {
  try {
    const key = await newKey()
    return new Vault(await open(), key)
  } catch {
    return undefined
  }
}
