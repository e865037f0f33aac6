/// <reference types="vitest/config" />
import { defineConfig, loadEnv } from 'vite'

// The server embeds `dist`: hashed files under /assets/, no inline script or style, so that its content security policy
// can forbid both. The wire address is proxied in `npm run dev`, so the page talks to a `chairside serve` beside it.
const server = loadEnv('', '.', 'CHAIRSIDE_').CHAIRSIDE_SERVER ?? 'http://127.0.0.1:8080'
// It answers only to its own name and to pages of its own.
const proxy = { target: server, changeOrigin: true, headers: { origin: server } }

/** Not the words, which wait for their language, and not what waits for words that come later. */
const isShared = (id: string): boolean => !/\/words\b|\/styles\/|\/format\/(forms|act)/.test(id)

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    assetsDir: 'assets',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What many screens share is one file: forty small ones compress badly and are asked for one by one.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', minShareCount: 6, test: isShared }] } } },
  },
  server: {
    // The recorded sessions for `?replay=` lie beside the Rust fixtures.
    fs: { allow: ['..'] },
    proxy: { '/api': proxy, '/ws': { ...proxy, ws: true } },
  },
  // Style sheets are read as they are: a test computes the contrast of their colours.
  test: { include: ['src/**/*.test.ts'], environment: 'node', css: true },
})
