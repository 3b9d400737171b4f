import { connect } from 'node:net'
import postgres from 'postgres'

const timeoutMs = 1_000

/** Whether a Postgres takes connections and answers a query. */
export async function postgresAnswers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    await sql`select 1`
    return true
  } catch {
    return false // not yet, or not at all: the caller's deadline decides
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Whether a NATS server with JetStream greets us. The greeting (INFO) comes unasked and names what the server offers. */
export async function natsAnswers(port: number, host = '127.0.0.1'): Promise<boolean> {
  const greeting = await exchange(port, host, '', (text) => text.includes('\r\n'))
  return greeting?.includes('"jetstream":true') ?? false
}

/** Whether a Redis that has loaded its data answers. */
export async function redisAnswers(port: number, host = '127.0.0.1'): Promise<boolean> {
  const reply = await exchange(port, host, 'PING\r\n', (text) => text.includes('\r\n'))
  return reply?.startsWith('+PONG') ?? false
}

/** Connects, sends, and resolves with what came back once `isComplete`; null when that did not happen. */
function exchange(port: number, host: string, request: string, isComplete: (text: string) => boolean): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: timeoutMs })
    let text = ''
    const settle = (result: string | null) => {
      socket.destroy()
      resolve(result)
    }
    socket.setEncoding('utf8')
    socket.on('connect', () => void (request && socket.write(request)))
    socket.on('data', (chunk: string) => {
      text += chunk
      if (isComplete(text)) settle(text)
    })
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => settle(null))
  })
}
