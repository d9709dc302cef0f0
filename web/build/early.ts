import type { Plugin } from 'vite'

/** Has the browser ask for these chunks, and for what they stand on, as soon as it has the page: `main.ts` imports them late. */
export function early(...names: string[]): Plugin {
  return {
    name: 'early',
    apply: 'build',
    transformIndexHtml: (_html, { bundle = {} }) => {
      const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
      const wanted = new Set<string>()
      const want = (file: string) => {
        if (wanted.has(file)) return
        wanted.add(file)
        for (const other of chunks.find(({ fileName }) => fileName === file)?.imports ?? []) want(other)
      }
      for (const { name, fileName } of chunks) if (names.includes(name)) want(fileName)
      const entry = new Set(chunks.filter(({ isEntry }) => isEntry).flatMap(({ fileName, imports }) => [fileName, ...imports]))
      return [...wanted]
        .filter((file) => !entry.has(file))
        .map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/app/${file}` }, injectTo: 'head' }))
    },
  }
}
