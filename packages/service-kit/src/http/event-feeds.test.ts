import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { eventFeeds, type FeedState } from './event-feeds.ts'

function feedsOf(states: Record<string, FeedState>) {
  let round: () => Promise<unknown> = async () => undefined
  const reads: string[] = []
  const feeds = eventFeeds({
    name: 'report',
    logger: pino({ level: 'silent' }),
    every: ({ work }) => {
      round = work
    },
    async read(key) {
      reads.push(key)
      const state = states[key]
      if (!state) throw new Error('it cannot be read')
      return state
    },
  })
  const open = (key: string, lastEventId?: string) => feeds.open(key, states[key] as FeedState, lastEventId)
  return { feeds, open, reads, round: () => round() }
}

/** What a stream has sent so far. */
function heard(stream: ReturnType<ReturnType<typeof feedsOf>['open']>) {
  const chunks: string[] = []
  stream?.on('data', (chunk: Buffer) => chunks.push(String(chunk)))
  return {
    events: () =>
      chunks
        .join('')
        .split('\n\n')
        .filter((block) => block.startsWith('event:'))
        .map((block) => Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]))),
  }
}
const running = (calls: number, durationMs = 0): FeedState => ({ data: { calls, durationMs }, compared: { calls }, isFinal: false })

test('a stream begins with the state as it is, and tells each change once', async () => {
  const states: Record<string, FeedState> = { a: running(1) }
  const { open, round } = feedsOf(states)
  const { events } = heard(open('a'))
  await round()
  states.a = running(1, 500)
  await round()
  states.a = running(2)
  await round()
  await delay(5)
  expect(events().map(({ event, data }) => [event, JSON.parse(data ?? '')])).toEqual([
    ['report', { calls: 1, durationMs: 0 }],
    ['report', { calls: 2, durationMs: 0 }],
  ])
})

test('many readers of one feed cost one reading, and none is made without readers', async () => {
  const { open, reads, round } = feedsOf({ a: running(1), b: running(1) })
  const streams = Array.from({ length: 50 }, () => open('a'))
  const other = open('b')
  await round()
  expect(reads).toEqual(['a', 'b'])
  for (const stream of [...streams, other]) stream?.destroy()
  await delay(5)
  await round()
  expect(reads).toEqual(['a', 'b'])
})

test('a reader that comes back hears only what it has not heard', async () => {
  const states: Record<string, FeedState> = { a: running(1) }
  const first = feedsOf(states)
  const before = heard(first.open('a'))
  await delay(5)
  const id = before.events()[0]?.id
  // Another replica knows the id too.
  const second = feedsOf(states)
  const after = heard(second.open('a', id))
  await second.round()
  await delay(5)
  expect(after.events()).toEqual([])
  states.a = running(2)
  await second.round()
  await delay(5)
  expect(after.events().map(({ data }) => JSON.parse(data ?? '').calls)).toEqual([2])
})

test('the final state ends the stream, and a reader that has it is not answered again', async () => {
  const states: Record<string, FeedState> = { a: running(1) }
  const { open, round } = feedsOf(states)
  const stream = open('a')
  states.a = { ...running(2), isFinal: true }
  await round()
  const said = await text(stream as NonNullable<typeof stream>)
  expect(said).toMatch(/event: end\nid: \S+\ndata: \{\}\n\n$/)
  const id = /event: end\nid: (\S+)/.exec(said)?.[1]
  expect(open('a', id)).toBeNull()
  expect(await text(open('a') as NonNullable<typeof stream>)).toContain('"calls":2')
})

test('a slow reader gets the newest state, and none of those between', async () => {
  const states: Record<string, FeedState> = { a: running(0) }
  const { open, round } = feedsOf(states)
  const stream = open('a')
  const big = 'x'.repeat(100_000)
  for (let calls = 1; calls <= 20; calls++) {
    states.a = { data: { calls, big }, isFinal: false }
    await round()
  }
  expect(stream?.readableLength).toBeLessThan(300_000)
  const { events } = heard(stream)
  await delay(5)
  await round()
  await delay(5)
  expect(JSON.parse(events().at(-1)?.data ?? '').calls).toBe(20)
})

test('a feed that cannot be read for long sends its readers away', async () => {
  const states: Record<string, FeedState> = { a: running(1) }
  const { open, round } = feedsOf(states)
  const stream = open('a')
  delete states.a
  for (let failures = 0; failures < 20; failures++) await round()
  expect(stream?.readableEnded).toBe(false)
  await round()
  expect(await text(stream as NonNullable<typeof stream>)).not.toContain('event: end')
})
