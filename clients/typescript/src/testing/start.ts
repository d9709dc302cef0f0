import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, Instance } from './instance.js'

export interface StartOptions {
  /** What runs the service: `['booking']` unless said here or in BOOKING_COMMAND, such as `/path/to/.venv/bin/booking`. */
  command?: string[]
  /** A seed (docs/seed.schema.json) to begin with. */
  seed?: string
  /** Whether to begin with the demo; not unless said. */
  demo?: boolean
  /** Verifies tokens by this secret. */
  jwtSecret?: string
  /** Takes the tokens of this issuer, too. */
  jwksUrl?: string
  /** Where its log goes. */
  logFile?: string
  /** More options of `booking dev`. */
  args?: string[]
  env?: NodeJS.ProcessEnv
  /** Milliseconds until it must be up; 60,000 unless said. */
  timeout?: number
}

/** An instance that this process started, and stops. */
export class StartedInstance extends Instance {
  readonly #stop: () => Promise<void>

  constructor(env: Environment, stop: () => Promise<void>) {
    super(env)
    this.#stop = stop
  }

  /** End it, and all that it kept. */
  stop(): Promise<void> {
    return this.#stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop()
  }
}

/** Start an instance that keeps nothing, on any free port, and wait until everything answers. */
export async function startInstance(options: StartOptions = {}): Promise<StartedInstance> {
  const folder = await mkdtemp(join(tmpdir(), 'booking-instance-'))
  const file = join(folder, 'env.json')
  const [program, ...before] = options.command ?? process.env.BOOKING_COMMAND?.split(' ') ?? ['booking']
  const args = [...before, 'dev', '--ephemeral', '--port', '0', '--env-file', file, '--format', 'json', ...given(options)]
  const child = spawn(program!, args, { env: { ...process.env, ...options.env }, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = watch(child)
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  const stop = async () => {
    process.removeListener('exit', kill)
    kill()
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await ended.promise
    clearTimeout(late)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    return new StartedInstance(await described(file, ended, options.timeout ?? 60_000), stop)
  } catch (error) {
    await stop()
    throw error
  }
}

/** The instance that an env file describes, in either format, such as one that CI has started before. */
export async function connectInstance(file: string): Promise<Instance> {
  return new Instance(parsed(await readFile(file, 'utf8')))
}

function given({ seed, demo, jwtSecret, jwksUrl, logFile, args = [] }: StartOptions): string[] {
  const named = { '--seed': seed, '--jwt-secret': jwtSecret, '--jwks-url': jwksUrl, '--log-file': logFile }
  const options = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name, value]))
  return [...(demo || seed !== undefined ? [] : ['--no-demo']), ...options, ...args]
}

interface Ended {
  promise: Promise<void>
  why?: string
}

function watch(child: ChildProcess): Ended {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000)
  })
  const ended: Ended = { promise: Promise.resolve() }
  ended.promise = new Promise((resolve) => {
    child.once('error', (error) => {
      ended.why = error.message
      resolve()
    })
    child.once('close', (code, signal) => {
      ended.why ??= `it ended with ${signal ?? code}:\n${said}`
      resolve()
    })
  })
  return ended
}

async function described(file: string, ended: Ended, timeout: number): Promise<Environment> {
  for (const until = Date.now() + timeout; ; ) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text !== undefined) return parsed(text)
    if (ended.why !== undefined) throw new Error(`the instance did not start: ${ended.why}`)
    if (Date.now() > until) throw new Error(`the instance was not up within ${timeout} ms`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

function parsed(text: string): Environment {
  if (text.trimStart().startsWith('{')) return JSON.parse(text) as Environment
  const lines = text.split('\n').filter((line) => /^\w+=/.test(line))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), unquoted(line.slice(line.indexOf('=') + 1))]))
}

function unquoted(value: string): string {
  return /^'.*'$/.test(value) ? value.slice(1, -1) : value
}
