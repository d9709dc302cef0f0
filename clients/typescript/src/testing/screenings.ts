import { createHash, createHmac, randomUUID } from 'node:crypto'

export interface Screening {
  organization_id: string
  applicant_id?: string
  name?: string
  email?: string
  phone?: string
  locale?: string
  risk_level?: 'LOW' | 'MEDIUM' | 'HIGH'
  screened_at?: Date
  event_id?: string
  [more: string]: unknown
}

/** As it is, or as SNS (without raw delivery) or EventBridge wrap it. */
export type Envelope = 'plain' | 'sns' | 'eventbridge'

/** The message of a screening, as it stands in the queue. */
export function enveloped(screening: Screening, envelope: Envelope): object {
  const event = { event_type: 'APPLICANT_SCREENED', applicant_id: randomUUID(), name: 'Ada Lovelace', risk_level: 'LOW', ...screening }
  const now = new Date().toISOString()
  switch (envelope) {
    case 'plain':
      return event
    case 'sns':
      return {
        Type: 'Notification',
        MessageId: randomUUID(),
        TopicArn: 'arn:aws:sns:eu-central-1:123456789012:screenings',
        Timestamp: now,
        Message: JSON.stringify(event),
      }
    case 'eventbridge':
      return {
        version: '0',
        id: randomUUID(),
        'detail-type': 'APPLICANT_SCREENED',
        source: 'com.example.screening',
        account: '123456789012',
        time: now,
        region: 'eu-central-1',
        resources: [],
        detail: event,
      }
  }
}

/** Send a message to the queue of an instance, signed by its access key (Signature Version 4). */
export async function sendMessage(env: Record<string, string>, body: string): Promise<void> {
  const { AWS_ENDPOINT_URL_SQS: endpoint, SQS_QUEUE_URL: queue } = env
  if (!endpoint || !queue) throw new Error('the instance names no queue: AWS_ENDPOINT_URL_SQS and SQS_QUEUE_URL are missing')
  const content = JSON.stringify({ QueueUrl: queue, MessageBody: body })
  const response = await fetch(endpoint, { method: 'POST', headers: signed(new URL(endpoint), content, env), body: content })
  if (!response.ok) throw new Error(`the queue answers ${response.status}: ${(await response.text()).slice(0, 500)}`)
}

function signed(endpoint: URL, content: string, env: Record<string, string>): Record<string, string> {
  const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '', AWS_REGION: region = '' } = env
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = [time.slice(0, 8), region, 'sqs', 'aws4_request']
  const headers = { 'x-amz-date': time, 'x-amz-target': 'AmazonSQS.SendMessage' }
  const named = Object.entries({ host: endpoint.host, ...headers })
  const names = named.map(([name]) => name).join(';')
  const lines = named.map(([name, value]) => `${name}:${value}\n`).join('')
  const canonical = ['POST', endpoint.pathname, '', lines, names, sha256(content)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')
  const key = scope.reduce<string | Buffer>((by, part) => hmac(by, part), `AWS4${secret}`)
  const signature = hmac(key, toSign).toString('hex')
  const Authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`
  return { ...headers, 'Content-Type': 'application/x-amz-json-1.0', Authorization }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
