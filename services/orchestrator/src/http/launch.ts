import { LaunchResponse } from '@carillon/contracts/execution'
import type { Identity } from '@carillon/contracts/identity'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { launchProgram } from '../launch/launch-program.ts'
import type { RouteDeps } from './route-deps.ts'

const LaunchProgram = {
  operationId: 'launchProgram',
  summary: 'Launch a program',
  description:
    'Creates an execution: copies the contacts of the audience, the latest version of the flow and the settings as they are now, and starts to call at `startAt`, or at once if that has passed. Answers when the whole audience is copied, which takes seconds for a million contacts. Send an `Idempotency-Key`: a repeated launch with the same key starts no second execution.',
  errors: {
    ProgramNotFoundError: 'The organization has no program with this id.',
    AudienceEmptyError: 'The audience has no contacts.',
    EmptyDidPoolError: 'No DID of the pool is active.',
    TooManyRequestsError: 'The organization launches as many programs at once as it may. Wait until one of them is launched.',
    ProgramStatusConflictError: 'The program was changed while it was launched. Launch it again.',
    ExecutionAlreadyRunningError: 'An execution of the program has not ended yet.',
    ValidationError: 'This includes a `stopAt` that has passed, and a flow or an audience that was deleted.',
  },
  tags: [tags.executions],
  params: IdParams,
  headers: IdempotencyHeaders,
  response: { 201: LaunchResponse },
}

/** Of the whole launch: an audience that arrives too slowly ends it. */
const launchTimeoutMs = 30 * 60_000

/** `POST /programs/:id/launch` */
export const launchRoute =
  ({ deps, api, organizations, accounts, defaultMaxConcurrentCalls, changed }: RouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const stopping = new AbortController()
    app.addHook('preClose', async () => stopping.abort())

    app.post('/programs/:id/launch', { schema: LaunchProgram, config: { role: 'admin' } }, async (request, reply) => {
      if (!request.identity.test) await accounts.refreshBalance(request.identity.organizationId)
      const ending = AbortSignal.any([requestEnd(reply), stopping.signal, AbortSignal.timeout(launchTimeoutMs)])
      const response = await launchProgram(
        { deps, api, organizations, defaultMaxConcurrentCalls, changed },
        request,
        request.params.id,
        ending,
      )
      // Also when the answer is repeated: the process may have died between the commit and the first answer.
      await noteLaunch(request.identity, request.params.id, response.executionId)
      return reply.code(201).send(response)
    })

    /** The program is `active` when the launch is answered. If program-api does not answer in time, the event of the launch makes it so a moment later. */
    async function noteLaunch({ organizationId, test }: Identity, programId: string, executionId: string): Promise<void> {
      try {
        await api.noteLaunch({ organizationId, programId, executionId, test: test === true })
      } catch (error) {
        deps.logger.warn({ err: error, executionId, programId, correlationId: executionId }, 'program-api did not take note of a launch')
      }
    }
  }

/** Aborts when the client goes away before it has its answer. */
function requestEnd({ raw }: FastifyReply): AbortSignal {
  const ended = new AbortController()
  raw.once('close', () => {
    if (!raw.writableEnded) ended.abort()
  })
  return ended.signal
}
