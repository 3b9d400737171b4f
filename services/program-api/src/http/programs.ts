import { ListQuery } from '@carillon/contracts/pagination'
import { CreateProgramRequest, ProgramResponse, UpdateProgramRequest } from '@carillon/contracts/program'
import type { ProgramCreated, ProgramDeleted, ProgramUpdated } from '@carillon/contracts/program-events'
import { IdempotencyHeaders, IdParams } from '@carillon/contracts/request'
import { tags } from '@carillon/contracts/tags'
import { DomainError } from '@carillon/service-kit/domain/domain-error'
import { uuidv7 } from '@carillon/service-kit/domain/uuid'
import { createOnce } from '@carillon/service-kit/http/idempotency'
import { plainList } from '@carillon/service-kit/http/lists'
import { appendToOutbox } from '@carillon/service-kit/messaging/outbox'
import type { Tx } from '@carillon/service-kit/postgres/database'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { checkCallingTimes } from '../domain/calling-times.ts'
import { programNotFound } from '../domain/not-found.ts'
import { changedProgram, newProgram } from '../domain/program.ts'
import { type Occasion, programDeleted, programWritten } from '../domain/program-event.ts'
import { checkReferences } from '../domain/program-references.ts'
import { insertAudience } from '../store/audiences.ts'
import { hasLiveExecution } from '../store/program-executions.ts'
import { loadReferences } from '../store/program-references.ts'
import { findProgram, insertProgram, listPrograms, lockProgram, programOrder, updateProgram } from '../store/programs.ts'
import { toProgramResponse, toProgramResponses } from './program-response.ts'

const CreateProgram = {
  operationId: 'createProgram',
  summary: 'Create a program',
  description:
    'The program is a `draft` and calls nobody until it is launched. A program with `mode` `live` calls each contact by a date of its own (`triggerCondition`), while its execution goes on. Everything that it names must exist and belong to the organization. Settings that are not sent follow the organization’s defaults.',
  errors: {
    DidNotFoundError: 'The pool names a DID that does not exist.',
    DidNotAccessibleError: 'The pool names a DID of another organization.',
    DidNotActiveError: 'The pool names a DID that is inactive.',
    ValidationError:
      'This includes an audience, a flow or a date attribute that does not exist, a `stopAt` that is not after `startAt`, and an unknown time zone.',
  },
  tags: [tags.programs],
  headers: IdempotencyHeaders,
  body: CreateProgramRequest,
  response: { 201: ProgramResponse },
}
const ListPrograms = {
  operationId: 'listPrograms',
  summary: 'List programs',
  description: 'All programs of the organization that are not deleted.',
  tags: [tags.programs],
  querystring: ListQuery,
  response: { 200: Type.Array(ProgramResponse) },
}
const GetProgram = {
  operationId: 'getProgram',
  summary: 'Get a program',
  description: 'The program with the DIDs of its pool.',
  errors: {
    ProgramNotFoundError: 'The organization has no program with this id.',
  },
  tags: [tags.programs],
  params: IdParams,
  response: { 200: ProgramResponse },
}
const UpdateProgram = {
  operationId: 'updateProgram',
  summary: 'Change a program',
  description:
    'Fields that are not sent keep their value; `null` clears an optional setting. Executions that are already launched keep their settings.',
  errors: {
    ProgramNotFoundError: 'The organization has no program with this id.',
    DidNotFoundError: 'The pool names a DID that does not exist.',
    DidNotAccessibleError: 'The pool names a DID of another organization.',
    DidNotActiveError: 'The pool names a DID that is inactive.',
    ValidationError:
      'This includes an audience or a flow that does not exist, a `stopAt` that is not after `startAt`, and an unknown time zone.',
  },
  tags: [tags.programs],
  params: IdParams,
  body: UpdateProgramRequest,
  response: { 200: ProgramResponse },
}
const DeleteProgram = {
  operationId: 'deleteProgram',
  summary: 'Delete a program',
  description: 'Its executions and their reports stay readable.',
  errors: {
    ProgramNotFoundError: 'The organization has no program with this id.',
    ProgramStatusConflictError: 'An execution of the program has not ended. Cancel it first.',
  },
  tags: [tags.programs],
  params: IdParams,
  response: { 204: Type.Null() },
}

const read = { role: 'supervisor' } as const
const change = { role: 'admin' } as const

export const programRoutes =
  ({ database, clock, outbox }: ServiceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/programs', { schema: CreateProgram, config: change }, async (request, reply) => {
      const response = await createOnce(database, request, async (tx) => {
        const now = clock.now()
        const { organizationId } = request.identity
        const ids = { id: uuidv7(now), audienceId: uuidv7(now) }
        const program = newProgram(request.body, ids, organizationId, now)
        if (program.audienceId === ids.audienceId) {
          const at = new Date(now)
          await insertAudience(tx, { id: ids.audienceId, organizationId, name: program.name, createdAt: at, updatedAt: at })
        }
        checkCallingTimes(program, request.identity.timezone, null)
        checkReferences(program, await loadReferences(tx, program), null)
        await insertProgram(tx, program)
        const created = await toProgramResponse(tx.orm, program)
        await publish(tx, programWritten('program.created', created, occasion(request.id)))
        return created
      })
      return reply.code(201).send(response)
    })

    app.get('/programs', { schema: ListPrograms, config: read }, async (request, reply) => {
      const list = plainList(request, reply, programOrder)
      const programs = await listPrograms(database.orm, request.identity.organizationId, list.slice)
      return toProgramResponses(database.orm, list.rows(programs))
    })

    app.get('/programs/:id', { schema: GetProgram, config: read }, async ({ identity, params }) => {
      const program = await findProgram(database.orm, identity.organizationId, params.id)
      if (!program) throw programNotFound(params.id)
      return toProgramResponse(database.orm, program)
    })

    app.patch('/programs/:id', { schema: UpdateProgram, config: change }, async ({ identity, params, body, id: requestId }) =>
      database.transaction(async (tx) => {
        const before = await lockProgram(tx, identity.organizationId, params.id)
        if (!before) throw programNotFound(params.id)
        const program = changedProgram(before, body, clock.now())
        checkCallingTimes(program, identity.timezone, before)
        checkReferences(program, await loadReferences(tx, program), before)
        await updateProgram(tx, program)
        const updated = await toProgramResponse(tx.orm, program)
        await publish(tx, programWritten('program.updated', updated, occasion(requestId)))
        return updated
      }),
    )

    app.delete('/programs/:id', { schema: DeleteProgram, config: change }, async ({ identity, params, id: requestId }, reply) => {
      await database.transaction(async (tx) => {
        const program = await lockProgram(tx, identity.organizationId, params.id)
        if (!program) throw programNotFound(params.id)
        if (await hasLiveExecution(tx, program.id)) {
          throw new DomainError('conflict', 'ProgramStatusConflictError', 'An execution of the program has not ended yet; cancel it first')
        }
        await updateProgram(tx, { ...program, status: 'archived', updatedAtMs: clock.now() })
        await publish(tx, programDeleted(program, occasion(requestId)))
      })
      return reply.code(204).send(null)
    })

    function occasion(requestId: string): Occasion {
      const atMs = clock.now()
      return { id: uuidv7(atMs), atMs, requestId }
    }

    /** The program's id is the lane key, so events of one program stay in order. */
    function publish(tx: Tx, message: ProgramCreated | ProgramUpdated | ProgramDeleted): Promise<void> {
      return appendToOutbox(tx, outbox, [{ stream: 'PROGRAMS', laneKey: message.correlationId, message }])
    }
  }
