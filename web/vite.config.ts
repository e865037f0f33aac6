/// <reference types="vitest/config" />
import { defineConfig, loadEnv } from 'vite'

// The server embeds `dist`: hashed files under /assets/, no inline script or style, so that its content security policy
// can forbid both. The wire address is proxied in `npm run dev`, so the page talks to a `chairside serve` beside it.
const server = loadEnv('', '.', 'CHAIRSIDE_').CHAIRSIDE_SERVER ?? 'http://127.0.0.1:8080'
// It answers only to its own name and to pages of its own.
const proxy = { target: server, changeOrigin: true, headers: { origin: server } }

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // The recorded sessions for `?replay=` lie beside the Rust fixtures.
    fs: { allow: ['..'] },
    proxy: { '/api': proxy, '/ws': { ...proxy, ws: true } },
  },
  // Style sheets are read as they are: a test computes the contrast of their colours.
  test: { include: ['src/**/*.test.ts'], environment: 'node', css: true },
})
