import { defineConfig } from 'vite'
import { brotli } from './build/brotli.ts'

export default defineConfig({
  base: '/app/',
  html: { cspNonce: '__NONCE__' },
  plugins: [brotli()],
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    emptyOutDir: false, // the scheduler's build, before this one, has emptied it
  },
  server: { proxy: { '^/(api|dev|health)/': process.env.BASE_URL ?? 'http://127.0.0.1:8000' } },
})
