import { defineConfig } from 'vite'
import { brotli } from './build/brotli.ts'

/**
 * The tag that an agency's site loads, in a build of its own: it shares nothing with the page, so that it stays small, its
 * address stays the same, and its languages are found beside it, wherever that is.
 */
export default defineConfig(({ mode }) => ({
  base: './',
  plugins: mode === 'package' ? [] : [brotli()],
  build: {
    target: 'es2022',
    outDir: mode === 'package' ? 'react/dist' : 'dist',
    emptyOutDir: mode === 'package',
    copyPublicDir: false,
    modulePreload: false,
    rolldownOptions: {
      input: { 'visit-scheduler': 'src/scheduler/visit-scheduler.ts' },
      preserveEntrySignatures: 'exports-only',
      output: { entryFileNames: '[name].js', chunkFileNames: 'assets/visit-[name]-[hash].js' },
    },
  },
}))
