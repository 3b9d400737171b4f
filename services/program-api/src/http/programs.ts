import { ErrorBody } from '@carillon/contracts/error-body'
import { CreateProgramRequest, ProgramResponse, UpdateProgramRequest } from '@carillon/contracts/program'
import type { ProgramCreated, ProgramDeleted, ProgramUpdated } from '@carillon/contracts/program-events'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { programNotFound } from '../domain/not-found.ts'
import { changedProgram, newProgram } from '../domain/program.ts'
import { type Occasion, programDeleted, programWritten } from '../domain/program-event.ts'
import { checkReferences } from '../domain/program-references.ts'
import { hasLiveExecution } from '../store/program-executions.ts'
import { loadReferences, toResponse, toResponses } from '../store/program-references.ts'
import { findProgram, insertProgram, listPrograms, lockProgram, updateProgram } from '../store/programs.ts'
import { answerCreated } from './creation.ts'
import { IdempotencyHeaders, IdParams } from './params.ts'

const tags = ['programs']

export const programRoutes =
  (deps: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { database, clock } = deps

    app.post(
      '/programs',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Create a program',
          headers: IdempotencyHeaders,
          body: CreateProgramRequest,
          response: { 201: ProgramResponse, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async (request, reply) =>
        answerCreated(deps, request, reply, async (tx) => {
          const now = clock.now()
          const program = newProgram(request.body, uuidv7(now), request.identity.organizationId, now)
          checkReferences(program, await loadReferences(tx, program), null)
          await insertProgram(tx, program)
          const response = await toResponse(tx.orm, program)
          await publish(tx, programWritten('program.created', response, occasion(request.id)))
          return response
        }),
    )

    app.get(
      '/programs',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'List all programs', response: { 200: Type.Array(ProgramResponse) } },
      },
      async ({ identity }) => toResponses(database.orm, await listPrograms(database.orm, identity.organizationId)),
    )

    app.get(
      '/programs/:id',
      {
        config: { role: 'supervisor' },
        schema: { tags, summary: 'Get a program', params: IdParams, response: { 200: ProgramResponse, 404: ErrorBody } },
      },
      async ({ identity, params }) => {
        const program = await findProgram(database.orm, identity.organizationId, params.id)
        if (!program) throw programNotFound(params.id)
        return toResponse(database.orm, program)
      },
    )

    app.patch(
      '/programs/:id',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: 'Change a program; executions that were launched before keep what they were launched with',
          params: IdParams,
          body: UpdateProgramRequest,
          response: { 200: ProgramResponse, 400: ErrorBody, 404: ErrorBody },
        },
      },
      async ({ identity, params, body, id: requestId }) =>
        database.transaction(async (tx) => {
          const before = await lockProgram(tx, identity.organizationId, params.id)
          if (!before) throw programNotFound(params.id)
          const program = changedProgram(before, body, clock.now())
          checkReferences(program, await loadReferences(tx, program), before)
          await updateProgram(tx, program)
          const response = await toResponse(tx.orm, program)
          await publish(tx, programWritten('program.updated', response, occasion(requestId)))
          return response
        }),
    )

    app.delete(
      '/programs/:id',
      {
        config: { role: 'admin' },
        schema: { tags, summary: 'Delete a program', params: IdParams, response: { 204: Type.Null(), 404: ErrorBody, 409: ErrorBody } },
      },
      async ({ identity, params, id: requestId }, reply) => {
        await database.transaction(async (tx) => {
          const program = await lockProgram(tx, identity.organizationId, params.id)
          if (!program) throw programNotFound(params.id)
          if (await hasLiveExecution(tx, program.id)) {
            throw new DomainError(
              'conflict',
              'ProgramStatusConflictError',
              'An execution of the program is still going on; cancel it first',
            )
          }
          await updateProgram(tx, { ...program, status: 'archived', updatedAt: clock.now() })
          await publish(tx, programDeleted(program, occasion(requestId)))
        })
        return reply.code(204).send(null)
      },
    )

    function occasion(requestId: string): Occasion {
      const at = clock.now()
      return { id: uuidv7(at), at, requestId }
    }

    /** Facts about one program stay in order. */
    function publish(tx: Tx, message: ProgramCreated | ProgramUpdated | ProgramDeleted): Promise<void> {
      return appendToOutbox(tx, deps.outbox, [{ stream: 'PROGRAMS', laneKey: message.correlationId, message }])
    }
  }
