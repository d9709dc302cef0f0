import { defineConfig } from 'vite'
import { brotli } from './build/brotli.ts'
import { early } from './build/early.ts'

/** What every screen stands on is one file, for each is a request; and what says which screens are wanted is another. */
const groups = [
  { name: 'first', test: /preload-helper|src\/words\/(?!common\/)|src\/app\/settings|src\/(console|me)\/screens/, priority: 2 },
  {
    name: 'core',
    test: /node_modules\/(@?lit|signal)|clients\/typescript|src\/(scheduler\/clock|pause|app\/(live|router|session|words|app-bar))\.ts|src\/parts\/[^/]*(?<!-words)\.ts/,
    priority: 1,
  },
  { name: 'me', test: /src\/me\/(agencies\.|words\.|visits\/(?!my-visit[.-])|find\/(free-month|month))|scheduler\/calendar-file/ },
]

export default defineConfig({
  base: '/app/',
  html: { cspNonce: '__NONCE__' },
  plugins: [early('booking-app'), brotli()],
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups } } },
    emptyOutDir: false, // the scheduler's build, before this one, has emptied it
  },
  server: { proxy: { '^/(api|dev|health)/': process.env.BASE_URL ?? 'http://127.0.0.1:8000' } },
})
