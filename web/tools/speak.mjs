// A small server for measurements: a folder of files, and one WebSocket that says what it is told to. It speaks just the
// RFC 6455 that a browser and our own messages need.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
/** Of RFC 6455. */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** One text frame from the server: not masked. */
function frame(text) {
  const body = Buffer.from(text)
  const head = body.length < 126 ? Buffer.alloc(2) : body.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  head[0] = 0x81
  if (head.length === 2) head[1] = body.length
  else if (head.length === 4) {
    head[1] = 126
    head.writeUInt16BE(body.length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(body.length), 2)
  }
  return Buffer.concat([head, body])
}

/** Takes whole text frames of a browser out of what has arrived; answers with the rest. */
function unframe(bytes, take) {
  for (let rest = bytes; ; ) {
    if (rest.length < 6) return rest
    let length = rest[1] & 0x7f
    let at = 2
    if (length === 126) {
      length = rest.readUInt16BE(2)
      at = 4
    }
    if (rest.length < at + 4 + length) return rest
    const mask = rest.subarray(at, at + 4)
    const body = Buffer.from(rest.subarray(at + 4, at + 4 + length).map((byte, i) => byte ^ mask[i % 4]))
    if ((rest[0] & 0x0f) === 1) take(JSON.parse(body.toString()))
    rest = rest.subarray(at + 4 + length)
  }
}

/** Serves the files of a built bundle; `joined(say, heard)` is called for every screen that connects. */
export async function speak(folder, joined) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://x').pathname)
    const file = extname(path) === '' ? '/index.html' : path
    try {
      const body = await readFile(join(folder, file))
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' })
      response.end(body)
    } catch {
      response.writeHead(404)
      response.end()
    }
  })
  const sockets = new Set()
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(request.headers['sec-websocket-key'] + MAGIC)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.setNoDelay(true)
    sockets.add(socket)
    let listen = () => {}
    const leave = joined(
      (message) => socket.writable && socket.write(frame(JSON.stringify(message))),
      (take) => {
        listen = take
      },
    )
    let pending = Buffer.alloc(0)
    socket.on('data', (data) => {
      pending = unframe(Buffer.concat([pending, data]), (message) => listen(message))
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      leave?.()
    })
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
