import { once } from '@carillon/service-kit/http/idempotency'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Answers a creating POST with 201 and what `work` made, in one transaction with its `Idempotency-Key` (contract rule 26): a repeated request gets the
 * first answer again.
 */
export async function answerCreated(
  { database }: ServiceDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<unknown>,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key']
  const answer = await database.transaction((tx) =>
    once(
      tx,
      {
        organizationId: request.identity.organizationId,
        key: typeof key === 'string' ? key : undefined,
        route: `${request.method} ${request.url}`,
        body: request.body,
      },
      async () => ({ statusCode: 201, body: await work(tx) }),
    ),
  )
  return reply.code(answer.statusCode).send(answer.body)
}
