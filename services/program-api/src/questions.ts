import { questions } from '@carillon/contracts/questions'
import { answerQuestion } from '@carillon/service-kit/messaging/questions'
import type { ServiceDeps } from '@carillon/service-kit/process/service'
import { callTarget } from './call-target.ts'
import { checkLaunch } from './domain/launch.ts'
import { flowNotFound, programNotFound } from './domain/not-found.ts'
import { toProgramResponse } from './http/program-response.ts'
import { audienceExists } from './store/audiences.ts'
import { listCustomAttributes } from './store/custom-attributes.ts'
import { findActiveDids } from './store/dids.ts'
import { findListedNumbers } from './store/dnc-entries.ts'
import { findFlow, findFlowVersion } from './store/flows.ts'
import { activatePrograms, noteExecutions } from './store/program-executions.ts'
import { findDidPool, findProgram } from './store/programs.ts'

/** Answers the questions of other services until the service stops. */
export function answerQuestions({ database, clock, nats, logger, onStop }: ServiceDeps): void {
  onStop(
    answerQuestion(nats, questions.launchSnapshot, logger, ({ organizationId, programId }) =>
      database.snapshot(async ({ orm }) => {
        const program = await findProgram(orm, organizationId, programId)
        if (!program) throw programNotFound(programId)
        const flow = await findFlow(orm, organizationId, program.flowId)
        const hasAudience = await audienceExists(orm, organizationId, program.audienceId)
        const dids = await findActiveDids(orm, organizationId, program.didIds)
        const launch = checkLaunch(program, { flow, hasAudience, dids }, clock.now())
        const { id, version, name, graph } = launch.flow
        return {
          program: await toProgramResponse(orm, program),
          flow: { id, version, name, graph },
          dids,
        }
      }),
    ),
  )

  onStop(
    answerQuestion(nats, questions.flowVersion, logger, async ({ organizationId, flowId, version }) => {
      // A call runs the version that it was ordered with, even if the flow was deleted since.
      const row = await findFlowVersion(database.orm, organizationId, flowId, version, true)
      if (!row) throw flowNotFound(`${flowId}, version ${version}`)
      return { flowId: row.flowId, version: row.version, name: row.name, graph: row.graph }
    }),
  )

  onStop(
    answerQuestion(nats, questions.activeDids, logger, async ({ organizationId, programId }) => {
      const pool = await findDidPool(database.orm, organizationId, programId)
      if (!pool) throw programNotFound(programId)
      return { dids: await findActiveDids(database.orm, organizationId, pool) }
    }),
  )

  onStop(answerQuestion(nats, questions.doNotCall, logger, async ({ numbers }) => ({ listed: await findListedNumbers(database, numbers) })))

  onStop(answerQuestion(nats, questions.callTarget, logger, (asked) => database.snapshot(({ orm }) => callTarget(orm, asked, clock.now()))))

  onStop(
    answerQuestion(nats, questions.customAttributes, logger, async ({ organizationId }) => {
      const attributes = await listCustomAttributes(database.orm, organizationId)
      return { attributes: attributes.toReversed().map(({ slug, displayName }) => ({ slug, displayName })) }
    }),
  )

  onStop(
    answerQuestion(nats, questions.noteLaunch, logger, ({ organizationId, programId, executionId, test }) =>
      database.transaction(async (tx) => {
        if (!(await findDidPool(tx.orm, organizationId, programId))) throw programNotFound(programId)
        // As the event of the launch says it: a later event has a higher revision, and stays.
        await noteExecutions(tx, [{ executionId, programId, isLive: true, revision: 1 }])
        if (!test) await activatePrograms(tx, [programId])
        return {}
      }),
    ),
  )
}
