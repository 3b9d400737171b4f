import postgres from 'postgres'
import { expect, test } from 'vitest'
import { emptyDatabase } from '../src/database.ts'
import { testNats } from '../src/nats.ts'
import { testRedisUrl } from '../src/redis.ts'
import { slot } from '../src/slot.ts'

test('a test file has a database of its own', async () => {
  const [one, other] = await Promise.all([emptyDatabase(), emptyDatabase()])
  const [mine, theirs] = [postgres(one.urls.billing, { max: 1 }), postgres(other.urls.billing, { max: 1 })]
  await mine`create table rate_cards as select 1 as id`
  await expect(theirs`select * from rate_cards`).rejects.toThrow('does not exist')
  await Promise.all([mine.end(), theirs.end()])
  await Promise.all([one.drop(), other.drop()])
})

test('a test file finds NATS without the streams of the one before it', async () => {
  const first = await testNats()
  await (await first.connection.jetstreamManager()).streams.add({ name: 'LEFT', subjects: ['left'] })
  await first.close()
  const second = await testNats()
  expect(await (await second.connection.jetstreamManager()).streams.list().next()).toEqual([])
  await second.close()
})

test('workers share no Redis database', () => {
  expect(new URL(testRedisUrl()).pathname).toBe(`/${slot}`)
})
