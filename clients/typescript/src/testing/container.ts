import { type Environment, Instance } from './instance.js'

/** As much of the library `testcontainers` as is needed here: hand it over as it is imported. */
export interface Testcontainers {
  GenericContainer: new (image: string) => Preparing
  Wait: { forHttp(path: string, port: number): unknown }
}
interface Preparing {
  withExposedPorts(...ports: number[]): Preparing
  withWaitStrategy(strategy: never): Preparing
  withCommand(command: string[]): Preparing
  start(): Promise<Running>
}
interface Running {
  getHost(): string
  getMappedPort(port: number): number
  exec(command: string[]): Promise<{ output: string; exitCode: number }>
  stop(): Promise<unknown>
}

export interface ContainerOptions {
  /** Made by `docker build --target dev -t booking:dev .`; `booking:dev` unless said. */
  image?: string
  /** More options of `booking dev`, such as `['--no-demo']`. */
  args?: string[]
}

const PORT = 8000
// The queue listens inside the container alone.
const SEND = `import boto3, sys
told = dict(line.strip().split("=", 1) for line in open("/tmp/instance.env") if "=" in line)
boto3.client("sqs", endpoint_url=told["AWS_ENDPOINT_URL_SQS"], region_name=told["AWS_REGION"], aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
    aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"]).send_message(QueueUrl=told["SQS_QUEUE_URL"], MessageBody=sys.argv[1])`

/** An instance in a container. */
export class ContainerInstance extends Instance {
  readonly #running: Running

  constructor(env: Environment, running: Running) {
    super(env)
    this.#running = running
    this.send = async (body) => {
      await said(running, ['python', '-c', SEND, body])
    }
  }

  async stop(): Promise<void> {
    await this.#running.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}

/** Start the image `dev` by testcontainers: `startContainer(await import('testcontainers'))`. */
export async function startContainer(library: Testcontainers, options: ContainerOptions = {}): Promise<ContainerInstance> {
  const running = await new library.GenericContainer(options.image ?? 'booking:dev')
    .withExposedPorts(PORT)
    .withWaitStrategy(library.Wait.forHttp('/health/ready', PORT) as never)
    .withCommand(options.args ?? [])
    .start()
  const told = await said(running, ['cat', '/tmp/instance.env'])
  const lines = told.split('\n').filter((line) => line.includes('='))
  const env = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]))
  return new ContainerInstance({ ...env, BASE_URL: `http://${running.getHost()}:${running.getMappedPort(PORT)}` }, running)
}

async function said(running: Running, command: string[]): Promise<string> {
  const { output, exitCode } = await running.exec(command)
  if (exitCode !== 0) throw new Error(`${command[0]} in the container ended with ${exitCode}: ${output.slice(0, 500)}`)
  return output
}
