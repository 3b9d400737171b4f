import { questions } from '@carillon/contracts/questions'
import { testNats } from '@carillon/testing/nats'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { DomainError } from '../src/domain/domain-error.ts'
import type { NatsConnection } from '../src/messaging/nats.ts'
import { answerQuestion, ask } from '../src/messaging/questions.ts'
import { createLogger } from '../src/process/logger.ts'

const question = questions.activeDids
const asked = { organizationId: 'o', programId: 'p' }
const logger = createLogger('test', 'silent')
let connection: NatsConnection
let stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  ;({ connection } = await testNats())
})
afterEach(async () => {
  for (const stop of stops) await stop()
  stops = []
})
afterAll(() => connection.close())

async function answering(answer: (given: typeof asked) => Promise<{ dids: { id: string; number: string }[] }>) {
  stops.push(answerQuestion(connection, question, logger, answer))
  await connection.flush()
}

test('an answer arrives as it was given', async () => {
  const dids = [{ id: 'd', number: '+212522000000' }]
  const seen: unknown[] = []
  await answering(async (given) => {
    seen.push(given)
    return { dids }
  })
  expect(await ask(connection, question, asked)).toEqual({ dids })
  expect(seen).toEqual([asked])
})

test('a refusal arrives as the error that was thrown', async () => {
  await answering(() =>
    Promise.reject(new DomainError('not_found', 'ProgramNotFoundError', 'no such program', [{ pointer: '/id', message: 'p' }])),
  )
  const refusal = await ask(connection, question, asked).catch((error) => error)
  expect(refusal).toBeInstanceOf(DomainError)
  expect(refusal).toMatchObject({
    kind: 'not_found',
    name: 'ProgramNotFoundError',
    message: 'no such program',
    details: [{ pointer: '/id', message: 'p' }],
  })
})

test('an unexpected failure arrives as ServiceUnavailableError and says nothing of its cause', async () => {
  await answering(() => Promise.reject(new Error('a secret')))
  await expect(ask(connection, question, asked)).rejects.toMatchObject({
    kind: 'unavailable',
    name: 'ServiceUnavailableError',
    message: 'the question could not be answered',
  })
})

test.each([
  ['without a field', '{"organizationId":"o"}', 'ValidationError'],
  ['that is not JSON', 'x', 'ServiceUnavailableError'],
])('a question %s is refused without being answered', async (_case, payload, name) => {
  let answered = 0
  await answering(async () => {
    answered++
    return { dids: [] }
  })
  const reply = await connection.request(question.subject, payload)
  expect(reply.json()).toMatchObject({ refused: { name } })
  expect(answered).toBe(0)
})

test('a question that nobody answers is a ServiceUnavailableError', async () => {
  await expect(ask(connection, question, asked)).rejects.toMatchObject({ kind: 'unavailable', name: 'ServiceUnavailableError' })
})

test('a question that is not answered in time is a ServiceUnavailableError', async () => {
  await answering(() => new Promise(() => undefined))
  await expect(ask(connection, question, asked, 100)).rejects.toMatchObject({ name: 'ServiceUnavailableError' })
})

test('replicas share the questions: each is answered once', async () => {
  const answers = [0, 0]
  for (const replica of answers.keys()) {
    await answering(async () => {
      answers[replica] = (answers[replica] ?? 0) + 1
      return { dids: [] }
    })
  }
  await Promise.all(Array.from({ length: 50 }, () => ask(connection, question, asked)))
  expect(answers[0]).toBeGreaterThan(0)
  expect(answers[1]).toBeGreaterThan(0)
  expect(answers.reduce((sum, count) => sum + count, 0)).toBe(50)
})

test('a service that has stopped answering lets others answer', async () => {
  const stop = answerQuestion(connection, question, logger, () => Promise.reject(new Error('stopped')))
  await stop()
  await answering(async () => ({ dids: [] }))
  expect(await ask(connection, question, asked)).toEqual({ dids: [] })
})
