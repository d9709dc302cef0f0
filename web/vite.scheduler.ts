import { defineConfig } from 'vite'

/**
 * The tag that an agency's site loads, in a build of its own: it shares nothing with the page, so that it stays small, its
 * address stays the same, and its languages are found beside it, wherever that is.
 */
export default defineConfig(({ mode }) => ({
  base: './',
  build: {
    target: 'es2022',
    outDir: mode === 'package' ? 'react/dist' : 'dist',
    emptyOutDir: true,
    copyPublicDir: false,
    manifest: mode === 'package' ? false : '.vite/visit-scheduler.json',
    modulePreload: false,
    rolldownOptions: {
      input: { 'visit-scheduler': 'src/scheduler/visit-scheduler.ts' },
      preserveEntrySignatures: 'exports-only',
      output: { entryFileNames: '[name].js', chunkFileNames: 'assets/visit-[name]-[hash].js' },
    },
  },
}))
