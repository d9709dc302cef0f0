import { defineConfig } from 'vite'
import { brotli } from './build/brotli.ts'

/** The tag that an agency's site loads: its address has to stay the same. */
const SCHEDULER = 'visit-scheduler'

export default defineConfig({
  base: '/app/',
  html: { cspNonce: '__NONCE__' },
  plugins: [brotli()],
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', [SCHEDULER]: 'src/scheduler/visit-scheduler.ts' },
      preserveEntrySignatures: 'exports-only',
      output: { entryFileNames: ({ name }) => (name === SCHEDULER ? `${SCHEDULER}.js` : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '^/(api|dev|health)/': process.env.BASE_URL ?? 'http://127.0.0.1:8000' } },
})
