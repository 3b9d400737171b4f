import '../process/formats.ts'
import { type Answered, type Asked, type Question, QuestionRefused } from '@carillon/contracts/questions'
import { Value } from '@sinclair/typebox/value'
import type { NatsConnection } from 'nats'
import { DomainError, type ErrorKind } from '../domain/domain-error.ts'
import type { Logger } from '../process/logger.ts'

/**
 * Asks another service and waits for its answer. Rejects with the {@link DomainError} that the other service threw, or with
 * `ServiceUnavailableError` if no answer arrives in time.
 */
export async function ask<Q extends Question>(
  connection: NatsConnection,
  question: Q,
  asked: Asked<Q>,
  timeoutMs = 5_000,
): Promise<Answered<Q>> {
  let answer: unknown
  try {
    const reply = await connection.request(question.subject, JSON.stringify(asked), { timeout: timeoutMs })
    answer = reply.json()
  } catch (error) {
    throw new DomainError('unavailable', 'ServiceUnavailableError', `${question.subject} was not answered: ${String(error)}`)
  }
  if (Value.Check(QuestionRefused, answer)) {
    const { kind, name, message, details } = answer.refused
    throw new DomainError(kind as ErrorKind, name, message, details)
  }
  return answer as Answered<Q>
}

/** Answers a question; the replicas of a service share the requests. Returns a function that stops answering. */
export function answerQuestion<Q extends Question>(
  connection: NatsConnection,
  question: Q,
  logger: Logger,
  answer: (asked: Asked<Q>) => Promise<Answered<Q>>,
): () => Promise<void> {
  const subscription = connection.subscribe(question.subject, {
    queue: 'answers',
    callback(error, message) {
      if (error) return logger.error({ err: error, subject: question.subject }, 'receiving a question failed')
      void respond().catch((failure) => logger.error({ err: failure, subject: question.subject }, 'sending an answer failed'))
      async function respond() {
        try {
          const asked: unknown = message.json()
          if (!Value.Check(question.request, asked)) throw new DomainError('invalid', 'ValidationError', 'the question is malformed')
          message.respond(JSON.stringify(await answer(asked as Asked<Q>)))
        } catch (failure) {
          if (!(failure instanceof DomainError)) logger.error({ err: failure, subject: question.subject }, 'answering a question failed')
          const { kind, name, message: text, details } = asDomainError(failure)
          message.respond(JSON.stringify({ refused: { kind, name, message: text, ...(details === undefined ? {} : { details }) } }))
        }
      }
    },
  })
  return () => subscription.drain()
}

function asDomainError(failure: unknown): DomainError {
  return failure instanceof DomainError
    ? failure
    : new DomainError('unavailable', 'ServiceUnavailableError', 'the question could not be answered')
}
